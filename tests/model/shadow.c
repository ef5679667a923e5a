/* SPDX-License-Identifier: MIT */
#include "shadow.h"
#include "inside.h"

enum { GUARD_BYTES = 64, GUARD = 0x5c, JUNK = 0xa7, REGIONS_MOST = 8 };
#define JUNK_MOST ((size_t)4 << 20)

shadow_ranges shadow_memory;

/* Not a multiple of the regions' size: the last one takes the rest. A gap of
 * one granule before every second region, none before the others. */
static bool hand_over(unsigned char *ram, size_t bytes, unsigned regions)
{
    static const unsigned char order[REGIONS_MOST] = {2, 0, 3, 1, 7, 5, 4, 6};
    size_t part = bytes / regions;
    unsigned done = 0;
    for (unsigned i = 0; i < REGIONS_MOST; i++) {
        unsigned at = order[i];
        if (at >= regions)
            continue;
        unsigned char *start = ram + at * part + (at % 2 != 0 ? HAK_GRANULE : 0);
        unsigned char *end = at == regions - 1 ? ram + bytes : ram + (at + 1) * part;
        size_t size = (size_t)(end - start);
        HOLDS((done == 0 ? hak_init(start, size) : hak_add_region(start, size)) == HAK_OK);
        shadow_memory.start[done] = (uintptr_t)start;
        shadow_memory.end[done++] = (uintptr_t)end;
    }
    shadow_memory.count = done;
    return true;
}

bool shadow_start(size_t bytes, size_t shift, unsigned regions)
{
    size_t given;
    unsigned char *ram = kit_ram(bytes + shift + GUARD_BYTES, &given);
    HOLDS(ram != NULL);
    for (size_t i = 0; i < bytes + shift && i < JUNK_MOST; i++)
        ram[i] = JUNK;
    return hand_over(ram + shift, bytes, regions);
}

static bool in_memory(uintptr_t start, size_t bytes)
{
    for (unsigned i = 0; i < shadow_memory.count; i++)
        if (start >= shadow_memory.start[i] && start < shadow_memory.end[i])
            return bytes <= shadow_memory.end[i] - start;
    return false;
}

static uint64_t word_of(const object *o, size_t i)
{
    return (o->seed + i) * UINT64_C(0x9e3779b97f4a7c15);
}

bool shadow_take(object *o, void *p, size_t size, size_t alignment, uint64_t seed)
{
    size_t usable = hak_usable_size(p);
    HOLDS((uintptr_t)p % HAK_GRANULE == 0 && (uintptr_t)p % alignment == 0);
    HOLDS(usable >= size && usable >= HAK_GRANULE);
    HOLDS((usable + inside_header_bytes()) % HAK_GRANULE == 0 ||
          (alignment > HAK_GRANULE && inside_header_bytes() != 0));
    HOLDS(in_memory((uintptr_t)p, usable));
    *o = (object){p, size, usable, alignment, seed};
    uint64_t *words = p;
    for (size_t i = 0; i < usable / sizeof *words; i++)
        words[i] = word_of(o, i);
    return true;
}

bool shadow_holds_bytes(const object *o, size_t bytes)
{
    const uint64_t *words = (const uint64_t *)(uintptr_t)o->at;
    size_t i = 0;
    for (; i < bytes / sizeof *words; i++)
        HOLDS(words[i] == word_of(o, i));
    uint64_t last = word_of(o, i);
    for (size_t k = i * sizeof last; k < bytes; k++)
        HOLDS(o->at[k] == (unsigned char)(last >> 8 * (k - i * sizeof last)));
    return true;
}

bool shadow_holds(const object *o)
{
    HOLDS(hak_usable_size(o->at) == o->usable);
    return shadow_holds_bytes(o, o->usable);
}

size_t shadow_size(uint64_t *random, size_t most)
{
    unsigned bits = 64 - (unsigned)__builtin_clzll(most);
    uint64_t r = kit_random(random);
    size_t size = ((size_t)1 << (r >> 32) % bits);
    size += (size_t)((r & 0xffffffff) * size >> 32);
    return size <= most ? size : most;
}

static int add_free(const hak_block *block, void *context)
{
    shadow_free *sum = context;
    if (block->kind != HAK_BLOCK_FREE)
        return 0;
    sum->count++;
    sum->bytes += block->size_bytes;
    if (block->size_bytes > sum->longest_bytes)
        sum->longest_bytes = block->size_bytes;
    return 0;
}

shadow_free shadow_free_extents(void)
{
    shadow_free sum = {0, 0, 0};
    hak_walk(add_free, &sum);
    return sum;
}

/* A size rounded up to the ceiling of its bin: each doubling has as many as there are
 * columns, and so they are exact at first. */
static size_t bin_ceiling(size_t size)
{
    size_t header = inside_header_bytes(), step = 1;
    size_t granules = (size + header + HAK_GRANULE - 1) / HAK_GRANULE;
    if (granules == 0)
        granules = 1;
    while (step * 2 * inside_columns() <= granules)
        step *= 2;
    return (granules + step - 1) / step * step * HAK_GRANULE - header;
}

bool shadow_null_is_right(size_t size, size_t alignment)
{
    hak_stats stats;
    size_t log2_granules = 0, need = size;
    hak_stats_get(&stats);
    if (alignment > HAK_GRANULE) {
        log2_granules = (size_t)__builtin_ctzll(alignment / HAK_GRANULE);
        if (need < (log2_granules + 1) * HAK_GRANULE)
            need = (log2_granules + 1) * HAK_GRANULE;
        need = (need + HAK_GRANULE - 1) / HAK_GRANULE * HAK_GRANULE + alignment - HAK_GRANULE;
        need += inside_aligned_bytes();
    }
    HOLDS(shadow_free_extents().longest_bytes < bin_ceiling(need));
    HOLDS(inside_empty_pages(kit_core()) == 0 && stats.cached_blocks == 0);
    HOLDS(alignment > HAK_GRANULE || size == 0 || !inside_has_free_block(kit_core(), size));
    return true;
}

bool shadow_all_back(void)
{
    hak_stats stats;
    hak_stats_get(&stats);
    HOLDS(stats.live_bytes == 0 && stats.live_blocks == 0);
    HOLDS(hak_malloc(stats.heap_bytes) == NULL);
    shadow_free sum = shadow_free_extents();
    hak_stats_get(&stats);
    HOLDS(stats.page_bytes == 0 && stats.retained_pages == 0 && stats.taken_bytes == 0);
    HOLDS(sum.count == shadow_memory.count);
    HOLDS(sum.bytes == stats.free_bytes && sum.bytes == stats.heap_bytes - stats.metadata_bytes);
    void *all = hak_malloc(sum.longest_bytes);
    HOLDS(all != NULL && hak_usable_size(all) == sum.longest_bytes);
    hak_free(all);
    HOLDS(hak_check() == NULL);
    return true;
}
