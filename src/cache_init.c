/* SPDX-License-Identifier: MIT */
/* How large a reuse cache suits a heap, and where its tables lie. */
#include "cache.h"
#include "policy.h"

enum {
    LEAST_HEAP = 192 * 1024,
    HEAP_PER_BASE = 32, /* the smallest class goes up to 1/32 to 1/64 of the heap */
    HEAP_PER_TABLES = 512,
    HEAP_PER_LEAST_TABLES = 256,
    CACHE_LINE = 64
};

/* Bytes of one core's part. */
static size_t part_bytes(size_t sites, size_t ways)
{
    size_t counters = align_up(sizeof(hak_cache_counters), CACHE_LINE);
    return counters + sites * ways * (1u << CACHE_ROW_SHIFT);
}

/* As many sites as the heap has room for, a power of two; then as many ways. 0:
 * not even one. */
static size_t choose(size_t heap_bytes, size_t *ways)
{
    size_t sites = HAK_CACHE_SITES;
    *ways = 1;
    if (heap_bytes < LEAST_HEAP)
        return 0;
    while (sites > 1 && HAK_CORES * part_bytes(sites, 1) > heap_bytes / HEAP_PER_TABLES)
        sites /= 2;
    while (sites == HAK_CACHE_SITES && *ways < HAK_CACHE_WAYS &&
           HAK_CORES * part_bytes(sites, *ways + 1) <= heap_bytes / HEAP_PER_TABLES)
        ++*ways;
    return HAK_CORES * part_bytes(sites, 1) <= heap_bytes / HEAP_PER_LEAST_TABLES ? sites : 0;
}

static unsigned choose_base_log2(size_t heap_bytes)
{
    unsigned log2 = top_bit(heap_bytes / HEAP_PER_BASE);
    return log2 < HAK_CACHE_BASE_LOG2 ? log2 : HAK_CACHE_BASE_LOG2;
}

/* Counters 0, no entry has a seat. */
static void clear_part(char *part, size_t bytes, char *entries)
{
    for (hak_word *w = (void *)part; (char *)w < part + bytes; w++)
        *w = 0;
    for (hak_cache_entry *e = (void *)entries; (char *)e < part + bytes; e++)
        word_set(&e->block, CACHE_NO_SEAT);
}

void cache_carve(hak_cache *c, hak_carving *range)
{
    size_t heap_bytes = range->end - range->start, ways, sites = choose(heap_bytes, &ways);
    if (sites == 0 || HAK_RETAIN < 2)
        return;
    size_t bytes = part_bytes(sites, ways), counters = part_bytes(sites, 0);
    char *parts = region_carve(range, HAK_CORES * bytes, CACHE_LINE);
    for (unsigned core = 0; core < HAK_CORES; core++)
        clear_part(parts + core * bytes, bytes, parts + core * bytes + counters);
    c->seats_most = HAK_RETAIN / 2;
    c->seats = region_carve(range, c->seats_most * sizeof *c->seats, sizeof(hak_word));
    c->evictions = region_carve(range, CACHE_BANDS * sizeof *c->evictions, sizeof(hak_word));
    for (unsigned band = 0; band < CACHE_BANDS; band++) {
        c->evictions[band] = 0;
        size_t depth = policy_band(band).depth;
        atomic_store_explicit(&c->depth[band], (uint8_t)(depth < ways ? depth : ways),
                              memory_order_relaxed);
    }
    /* At once: a handler's malloc looks into the rows from now on. */
    hak_mask state = hak_port_mask();
    c->rows = parts + counters;
    c->core_bytes = bytes;
    c->site_mask = (sites - 1) << CACHE_ROW_SHIFT;
    c->ways = (unsigned)ways;
    c->zeros = WORD_BITS - (choose_base_log2(heap_bytes) - GRANULE_SHIFT);
    hak_port_unmask(state);
}

/* The longest length that has no class, as a power of two: class 0 begins there. */
static unsigned window_log2(const hak_cache *c) { return WORD_BITS - c->zeros + GRANULE_SHIFT - 1; }

hak_atomic *cache_carve_notes(const hak_cache *c, hak_carving *range, size_t largest_page_bytes)
{
    if (c->zeros == 0)
        return NULL;
    /* The base is at most the largest page before the range's start. */
    size_t span = range->end - range->start + largest_page_bytes;
    size_t windows = (span >> window_log2(c)) + 1;
    hak_atomic *notes = region_carve(range, windows * sizeof *notes, sizeof(hak_word));
    return notes;
}

void cache_open(const hak_cache *c, hak_region *r, hak_atomic *notes)
{
    if (notes == NULL)
        return;
    r->maps.notes = notes;
    r->maps.window_log2 = window_log2(c);
    size_t last = ((size_t)r->end << GRANULE_SHIFT) >> r->maps.window_log2;
    for (size_t i = 0; i <= last; i++)
        word_set(&notes[i], NOTE_NONE);
}
