/* SPDX-License-Identifier: MIT */
/* cache.h: hits and puts, seats, recall, notes, bad calls. */
#include "unit.h"

enum { HEAP = UNIT_RAM_MOST, MOST = 64 };
static void *block[MOST];
static hak_stats stats;

static const hak_stats *now(void)
{
    hak_stats_get(&stats);
    return &stats;
}

/* The largest size of a class. */
static size_t band_bytes(unsigned band)
{
    return (size_t)GRANULE_BYTES << (WORD_BITS - pools.cache.zeros + band);
}

static bool start(size_t bytes)
{
    HOLDS(unit_heap(bytes, 0) && pools.cache.zeros != 0);
    return true;
}

/* Call sites of their own, which the compiler must not merge. */
#define SITE(name)                                                                                 \
    static __attribute__((noinline)) void *name(size_t size)                                       \
    {                                                                                              \
        void *p = hak_malloc(size);                                                                \
        __asm__ volatile("/* " #name " */" : "+r"(p)::"memory");                                   \
        return p;                                                                                  \
    }
SITE(site_a)
SITE(site_b)
SITE(site_c)

/* How many of the heap's entries have a block, and which. */
typedef struct found {
    unsigned cached, live;
    const void *last;
} found;
static int look(const hak_block *b, void *context)
{
    found *f = context;
    f->cached += b->kind == HAK_BLOCK_CACHED;
    f->live += b->kind == HAK_BLOCK_LIVE;
    f->last = b->kind == HAK_BLOCK_CACHED ? b->address : f->last;
    return 0;
}
static found walk(void)
{
    found f = {0, 0, NULL};
    hak_walk(look, &f);
    return f;
}

/* The block comes back, and all that is told of it is right. */
static void test_hit(void)
{
    KIT_CHECK(start(HEAP));
    for (unsigned band = 0; band < CACHE_BANDS; band++) {
        size_t size = band_bytes(band) - 100, before = now()->malloc_cache, puts = stats.free_cache;
        void *p = site_a(size);
        size_t usable = hak_usable_size(p);
        KIT_CHECK(p != NULL && usable >= size && now()->malloc_cache == before);
        KIT_CHECK(stats.live_blocks == 1 && stats.live_bytes == usable && walk().live == 1);
        hak_free(p);
        KIT_CHECK(now()->cached_blocks == 1 && stats.cached_bytes == usable);
        KIT_CHECK(stats.live_blocks == 0 && stats.live_bytes == 0);
        KIT_CHECK(stats.taken_bytes == usable && stats.free_cache == puts + 1);
        found f = walk();
        KIT_CHECK(f.cached == 1 && f.live == 0 && f.last == p && hak_check() == NULL);
        KIT_CHECK(site_a(size) == p && now()->malloc_cache == before + 1);
        KIT_CHECK(stats.cached_blocks == 0 && stats.live_blocks == 1 && walk().live == 1);
        KIT_CHECK(hak_usable_size(p) == usable && hak_check() == NULL);
        hak_free(p);
        KIT_CHECK(hak_malloc((size_t)HEAP * 2) == NULL && now()->taken_bytes == 0);
        KIT_CHECK(hak_check() == NULL && unit_faults == 0 && unit_guards_hold());
    }
}

/* The first size above the classes, and the last below, are not kept. */
static void test_bounds(void)
{
    KIT_CHECK(start(HEAP));
    size_t low = band_bytes(0) / 2, high = band_bytes(CACHE_BANDS - 1);
    size_t size[4] = {low, low + 1, high, high + 1};
    for (unsigned i = 0; i < 4; i++) {
        size_t before = now()->free_cache;
        hak_free(site_a(size[i]));
        KIT_CHECK(now()->free_cache - before == (i == 1 || i == 2));
        KIT_CHECK(hak_check() == NULL);
    }
    size_t before = now()->free_cache;
    hak_free(hak_aligned_alloc(256, high)); /* nor over-aligned ones */
    KIT_CHECK(now()->free_cache == before && hak_check() == NULL);
}

/* Another size, or another site that does not share the entry, gets another block. */
static void test_fits(void)
{
    KIT_CHECK(start(HEAP));
    size_t size = band_bytes(1);
    void *p = site_a(size);
    hak_free(p);
    size_t hits = now()->malloc_cache;
    void *other = site_a(size - GRANULE_BYTES);
    KIT_CHECK(other != p && now()->malloc_cache == hits);
    KIT_CHECK(site_a(size - 1) == p); /* the same number of granules */
    hak_free(p);
    void *b = site_b(size), *c = site_c(size);
    KIT_CHECK(b != p && c != p);
    KIT_CHECK(hak_usable_size(p) == 0); /* the tag says no */
    KIT_CHECK(unit_faults == 1 && unit_last_fault == HAK_FAULT_DOUBLE_FREE);
    KIT_CHECK(site_a(size) == p && hak_check() == NULL);
    hak_free(other);
    hak_free(b);
    hak_free(c);
    hak_free(p);
    KIT_CHECK(hak_check() == NULL && unit_faults == 1);
}

/* Sites that share an entry: the key tells them apart. */
static void test_shared_row(void)
{
    KIT_CHECK(start(HEAP));
    for (unsigned band = 0; band < CACHE_BANDS; band++)
        cache_set_depth(band, 1);
    pools.cache.site_mask = 0;
    size_t size = band_bytes(1);
    void *p = site_a(size);
    hak_free(p);
    void *b = site_b(size), *c = site_c(size);
    KIT_CHECK(b != p && c != p && now()->malloc_cache == 0);
    KIT_CHECK(site_a(size) == p && now()->malloc_cache == 1);
    hak_free(p);
    hak_free(b); /* all of one size: what is there may stay or go */
    hak_free(c);
    KIT_CHECK(now()->cached_blocks == 1 && hak_check() == NULL && unit_faults == 0);
}

/* Many sizes at one site, many blocks at once: never more than the seats, and
 * what is put evicts something else. */
static void test_seats(void)
{
    KIT_CHECK(start(HEAP));
    size_t size = band_bytes(0) / 2 + GRANULE_BYTES;
    unsigned most = 0;
    for (unsigned round = 0; round < 12; round++) {
        unsigned count = 0;
        for (; count < 24; count++) {
            size_t bytes = size + (count + round) % 5 * GRANULE_BYTES;
            block[count] = count % 3 == 0   ? site_a(bytes)
                           : count % 3 == 1 ? site_b(bytes)
                                            : site_c(bytes);
            KIT_CHECK(block[count] != NULL);
        }
        while (count > 0)
            hak_free(block[--count]);
        KIT_CHECK(now()->cached_blocks <= pools.cache.seats_most);
        KIT_CHECK(stats.cached_blocks + stats.retained_pages <= HAK_RETAIN);
        KIT_CHECK(stats.live_blocks == 0 && walk().cached == stats.cached_blocks);
        most = stats.cached_blocks > most ? (unsigned)stats.cached_blocks : most;
        KIT_CHECK(hak_check() == NULL);
    }
    KIT_CHECK(most >= 1 && stats.cache_evictions != 0 && stats.malloc_cache != 0);
    KIT_CHECK(stats.free_cache - stats.malloc_cache == stats.cached_blocks + stats.cache_evictions);
}

/* The seats move on: with more sites than seats, the last one still gets one. */
static void test_one_more(void)
{
    KIT_CHECK(start(HEAP));
    unsigned seats = pools.cache.seats_most;
    pools.cache.seats_most = 2;
    hak_free(site_a(band_bytes(0)));
    hak_free(site_a(band_bytes(1)));
    KIT_CHECK(now()->cached_blocks == 2 && stats.cache_evictions == 0);
    void *p = site_a(band_bytes(2));
    hak_free(p);
    KIT_CHECK(now()->cached_blocks == 2 && stats.cache_evictions == 1);
    KIT_CHECK(site_a(band_bytes(2)) == p);
    hak_free(p);
    pools.cache.seats_most = seats;
    KIT_CHECK(hak_check() == NULL);
}

/* A call that would fail gets what is cached, also by a core that sleeps. */
static void test_recall(void)
{
    KIT_CHECK(start(HEAP));
    size_t all = now()->largest_free_bytes;
    hak_free(site_a(band_bytes(3)));
    hak_free(site_b(band_bytes(2)));
    hak_core_idle();
    KIT_CHECK(now()->cached_blocks == 2 && stats.largest_free_bytes < all);
    void *p = hak_malloc(all);
    KIT_CHECK(p != NULL && now()->recalls == 1 && stats.failures == 0);
    KIT_CHECK(stats.cached_blocks == 0 && hak_check() == NULL);
    hak_free(p);
    /* Into the place of a cached block: realloc grows, too. */
    p = hak_malloc(all / 4);
    void *behind = site_a(band_bytes(2));
    hak_free(behind);
    KIT_CHECK(now()->cached_blocks == 1);
    KIT_CHECK(hak_realloc(p, all) == p && hak_check() == NULL);
    hak_free(p);
    KIT_CHECK(unit_faults == 0);
}

/* In a heap that is more than half full nothing new is kept. */
static void test_pressure(void)
{
    KIT_CHECK(start(HEAP));
    void *most = hak_malloc(HEAP / 2);
    hak_free(site_a(band_bytes(1)));
    KIT_CHECK(now()->cached_blocks == 0 && stats.free_cache == 0);
    hak_free(most);
    void *noted = site_a(band_bytes(1));
    most = hak_malloc(HEAP / 2);
    hak_free(noted);
    KIT_CHECK(now()->cached_blocks == 0 && hak_check() == NULL);
    hak_free(most);
    hak_free(site_a(band_bytes(1)));
    KIT_CHECK(now()->cached_blocks == 1 && hak_check() == NULL && unit_faults == 0);
}

static bool faults(void *p, hak_fault kind, unsigned calls)
{
    size_t before = unit_faults;
    hak_free(p);
    HOLDS(unit_faults == before + 1 && unit_last_fault == kind);
    if (calls > 1) {
        HOLDS(hak_realloc(p, 100) == NULL && hak_realloc(p, HEAP / 8) == NULL);
        HOLDS(unit_faults == before + 3 && unit_last_fault == kind);
        HOLDS(hak_usable_size(p) == 0 && unit_faults == before + 4 && unit_last_fault == kind);
    }
    HOLDS(hak_check() == NULL);
    return true;
}

/* Each bad call on a cached block, on a held one, and on an evicted one. */
static void test_bad_calls(void)
{
    KIT_CHECK(start(HEAP));
    size_t size = band_bytes(1);
    char *p = site_a(size);
    for (unsigned offset = GRANULE_BYTES; offset < 4096; offset += GRANULE_BYTES)
        KIT_CHECK(faults(p + offset, HAK_FAULT_INTERIOR, 4));
    hak_free(p);
    size_t puts = now()->free_cache;
    KIT_CHECK(puts == 1);
    KIT_CHECK(faults(p, HAK_FAULT_DOUBLE_FREE, 4));
    for (unsigned offset = GRANULE_BYTES; offset < 4096; offset += GRANULE_BYTES)
        KIT_CHECK(faults(p + offset, HAK_FAULT_DOUBLE_FREE, 4));
    KIT_CHECK(faults(p + 1, HAK_FAULT_MISALIGNED, 1) &&
              faults(p + GRANULE_BYTES / 2, HAK_FAULT_MISALIGNED, 1));
    KIT_CHECK(now()->free_cache == puts && stats.cached_blocks == 1);
    KIT_CHECK(site_a(size) == p);
    hak_free(p);
    KIT_CHECK(hak_malloc((size_t)HEAP * 2) == NULL && now()->cached_blocks == 0);
    KIT_CHECK(faults(p, HAK_FAULT_DOUBLE_FREE, 4));
}

/* Resizing: a block keeps its note while it has a class. */
static void test_resize(void)
{
    KIT_CHECK(start(HEAP));
    char *p = site_a(band_bytes(1));
    KIT_CHECK(hak_realloc(p, band_bytes(2)) == p && hak_check() == NULL);
    KIT_CHECK(hak_realloc(p, band_bytes(0) - 64) == p && hak_check() == NULL);
    hak_free(p);
    KIT_CHECK(now()->cached_blocks == 1 && site_a(band_bytes(0) - 64) == p);
    KIT_CHECK(hak_realloc(p, 1000) == p && hak_check() == NULL);
    hak_free(p);
    KIT_CHECK(now()->cached_blocks == 0 && stats.live_blocks == 0);
    p = site_a(band_bytes(0));
    hak_free(hak_realloc(p, band_bytes(3) + 1));
    KIT_CHECK(now()->cached_blocks == 0 && hak_check() == NULL && unit_faults == 0);
}

/* Several ways: as many blocks of one site as the policy allows. */
static void test_depth(void)
{
    KIT_CHECK(start(HEAP));
    if (pools.cache.ways < 2)
        return;
    unsigned ways = pools.cache.ways;
    for (unsigned depth = ways + 1; depth-- > 0;) {
        cache_set_depth(1, depth);
        for (unsigned i = 0; i < ways + 1; i++)
            KIT_CHECK((block[i] = site_a(band_bytes(1))) != NULL);
        for (unsigned i = 0; i < ways + 1; i++)
            hak_free(block[i]);
        KIT_CHECK(now()->cached_blocks == (depth < ways ? depth : ways) && hak_check() == NULL);
    }
    cache_set_depth(1, ways);
    for (unsigned i = 0; i < ways + 1; i++)
        block[i] = site_a(band_bytes(1));
    for (unsigned i = 0; i < ways + 1; i++)
        hak_free(block[i]);
    KIT_CHECK(now()->cached_blocks == ways);
    cache_set_depth(1, 1); /* what is kept beyond goes back at once */
    KIT_CHECK(now()->cached_blocks == 1 && hak_check() == NULL && unit_faults == 0);
}

/* Blocks of a region that came later. */
static void test_later_region(void)
{
    unsigned char *ram = unit_ram(HEAP, 0);
    unit_forget();
    KIT_CHECK(hak_init(ram, HEAP / 4) == HAK_OK);
    if (pools.cache.zeros == 0)
        return;
    KIT_CHECK(hak_add_region(ram + HEAP / 2, HEAP / 2) == HAK_OK);
    size_t size = band_bytes(3);
    unsigned later = 0, count = 0;
    for (; count < 12 && (block[count] = site_a(size)) != NULL; count++)
        later += (unsigned char *)block[count] >= ram + HEAP / 2;
    KIT_CHECK(later != 0);
    while (count > 1)
        hak_free(block[--count]);
    void *p = site_b(size);
    KIT_CHECK(p != NULL && hak_check() == NULL);
    hak_free(block[0]);
    hak_free(p);
    pools.cache.hand = 0;
    p = hak_malloc(HEAP / 4 - HEAP / 16); /* most of the first region */
    for (unsigned i = 0; i < 3; i++) {
        void *q = site_c(band_bytes(0));
        KIT_CHECK(q != NULL);
        hak_free(q);
        KIT_CHECK(hak_check() == NULL);
        size_t hits = now()->malloc_cache;
        KIT_CHECK(site_c(band_bytes(0)) == q && now()->malloc_cache == hits + 1);
        hak_free(q);
    }
    KIT_CHECK(hak_malloc((size_t)HEAP * 2) == NULL && now()->cached_blocks == 0);
    KIT_CHECK(hak_check() == NULL && unit_faults == 0 && unit_guards_hold());
}

/* Small heaps have none; larger ones have one that costs little. */
static void test_plan(void)
{
    size_t without;
    KIT_CHECK(unit_heap(128 << 10, 0) && pools.cache.zeros == 0);
    hak_free(site_a(50000));
    KIT_CHECK(now()->cached_blocks == 0 && hak_check() == NULL);
    for (size_t bytes = 256 << 10; bytes <= HEAP; bytes *= 2) {
        KIT_CHECK(unit_heap(bytes, 0));
        if (HAK_CORES > 4 && pools.cache.zeros == 0)
            continue;
        without = now()->metadata_bytes;
        KIT_CHECK(pools.cache.zeros != 0 && without < bytes / 16 + bytes / 40 + bytes / 100 + 1024);
        KIT_CHECK(band_bytes(0) <= bytes / 32 && band_bytes(0) > bytes / 128);
        hak_free(site_a(band_bytes(0)));
        KIT_CHECK(now()->cached_blocks == 1 && hak_check() == NULL);
    }
}

#define SEES_FIELD(field)                                                                          \
    do {                                                                                           \
        (field)++;                                                                                 \
        KIT_CHECK(hak_check() != NULL);                                                            \
        (field)--;                                                                                 \
        KIT_CHECK(hak_check() == NULL);                                                            \
    } while (0)

/* Damage that hak_check must see. */
static void test_check(void)
{
    KIT_CHECK(start(HEAP));
    void *held = site_b(band_bytes(0));
    void *p = site_a(band_bytes(1));
    hak_free(p);
    KIT_CHECK(now()->cached_blocks == 1 && hak_check() == NULL);
    uintptr_t offset = (uintptr_t)p - run.first.maps.base;
    SEES_FIELD(*note_at(&run.first.maps, offset));
    SEES_FIELD(*note_at(&run.first.maps, (uintptr_t)held - run.first.maps.base));
    *note_at(&run.first.maps, offset) ^= NOTE_CACHED;
    KIT_CHECK(hak_check() != NULL);
    *note_at(&run.first.maps, offset) ^= NOTE_CACHED;
    hak_cache_counters *n = cache_counters(cache_part(&pools.cache, kit_core()));
    SEES_FIELD(n->hits[1]);
    SEES_FIELD(n->puts[1]);
    SEES_FIELD(pools.cache.evictions[1]);
    unsigned count = pools.cache.seat_count;
    pools.cache.seat_count = pools.cache.seats_most + 1;
    KIT_CHECK(hak_check() != NULL);
    pools.cache.seat_count = count;
    KIT_CHECK(hak_check() == NULL);
}

static const kit_case cache_tests_cases[] = {
    {"cache_hit", test_hit},
    {"cache_bounds", test_bounds},
    {"cache_fits", test_fits},
    {"cache_shared_row", test_shared_row},
    {"cache_seats", test_seats},
    {"cache_one_more", test_one_more},
    {"cache_recall", test_recall},
    {"cache_pressure", test_pressure},
    {"cache_bad_calls", test_bad_calls},
    {"cache_resize", test_resize},
    {"cache_depth", test_depth},
    {"cache_plan", test_plan},
    {"cache_later_region", test_later_region},
    {"cache_check", test_check},
};
UNIT_SUITE(cache_tests);
