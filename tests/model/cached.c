/* SPDX-License-Identifier: MIT */
/*
 * The reuse caches of all cores.
 *   full:  each core's cache has blocks, and nobody sleeps: one core can have all
 *          memory nevertheless
 *   race:  every core allocates and frees blocks of a few sizes and sites, its own
 *          and those that others hand over, while core 0 asks for so much that
 *          everything is recalled, again and again
 *     heap=4M cores=4 rounds=3000 seed=1
 */
#include "shadow.h"

#include <stdatomic.h>

enum { CORES_MOST = 4, SITES = 4, BOXES = 4, HELD = 2 };

static unsigned cores;
static uint64_t rounds, seed;
static size_t heap_bytes;
static _Atomic(uint64_t *) boxes[BOXES];

/* Sites of their own, which the compiler must not merge. */
#define SITE(name)                                                                                 \
    static __attribute__((noinline)) uint64_t *name(size_t size)                                   \
    {                                                                                              \
        uint64_t *p = hak_malloc(size);                                                            \
        __asm__ volatile("/* " #name " */" : "+r"(p)::"memory");                                   \
        return p;                                                                                  \
    }
SITE(site_0)
SITE(site_1)
SITE(site_2)
SITE(site_3)
static uint64_t *(*const site[SITES])(size_t) = {site_0, site_1, site_2, site_3};

/* Sizes that the cache has classes for. */
static size_t size_of(uint64_t dice)
{
    return (heap_bytes >> 6 << dice % 3) + (size_t)((dice >> 2) % 2 * 640 + 16);
}

static size_t cached(void)
{
    hak_stats stats;
    hak_stats_get(&stats);
    return stats.cached_blocks;
}

static void fill_cache(unsigned core, void *context)
{
    (void)context;
    for (unsigned i = 0; i < 3; i++)
        hak_free(site[(core + i) % SITES](size_of(i % 2)));
}

static void idle_body(unsigned core, void *context)
{
    (void)core;
    (void)context;
    hak_core_idle();
}

static size_t largest(void)
{
    hak_stats stats;
    hak_stats_get(&stats);
    return stats.largest_free_bytes;
}

static void test_full(void)
{
    size_t all = largest();
    for (unsigned i = 0; i < 20; i++) {
        kit_parallel(cores, fill_cache, NULL);
        KIT_CHECK(cached() >= cores && hak_check() == NULL);
        void *p = hak_malloc(all);
        KIT_CHECK(p != NULL && cached() == 0);
        hak_free(p);
    }
    kit_parallel(cores, idle_body, NULL);
    KIT_CHECK(shadow_all_back());
}

static void finish(uint64_t *block)
{
    if (block == NULL)
        return;
    if (block[0] != (uintptr_t)block || block[1] != ~(uintptr_t)block)
        kit_fail(__FILE__, __LINE__, "a block was given twice, or overwritten");
    block[0] = block[1] = 0;
    hak_free(block);
}

static void race(unsigned core, void *context)
{
    uint64_t random = seed * 37 + core + 1, *held[HELD] = {NULL};
    (void)context;
    for (uint64_t i = 0; i < rounds && !kit_case_failed(); i++) {
        uint64_t dice = kit_random(&random) >> 16;
        uint64_t **mine = &held[dice % HELD];
        finish(*mine);
        *mine = site[(dice >> 8) % SITES](size_of(dice >> 16));
        if (*mine != NULL) {
            (*mine)[0] = (uintptr_t)*mine;
            (*mine)[1] = ~(uintptr_t)*mine;
        }
        if ((dice >> 24) % 4 == 0)
            *mine =
                atomic_exchange_explicit(&boxes[(dice >> 26) % BOXES], *mine, memory_order_acq_rel);
        if (core == 0 && (dice >> 32) % 256 == 0)
            hak_free(hak_malloc(heap_bytes / 2));
        if ((dice >> 40) % 256 == 0)
            hak_core_idle();
    }
    for (unsigned i = 0; i < HELD; i++)
        finish(held[i]);
}

static void test_race(void)
{
    hak_stats stats;
    kit_parallel(cores, race, NULL);
    for (unsigned i = 0; i < BOXES; i++)
        finish(atomic_exchange(&boxes[i], NULL));
    hak_stats_get(&stats);
    kit_print("%zu hits, %zu misses, %zu puts, %zu evictions, %zu recalls\n", stats.malloc_cache,
              stats.cache_misses, stats.free_cache, stats.cache_evictions, stats.recalls);
    KIT_CHECK(stats.malloc_cache != 0 && stats.cache_evictions != 0 && stats.recalls != 0);
    KIT_CHECK(stats.live_blocks == 0 && stats.live_bytes == 0 && stats.faults == 0);
    KIT_CHECK(shadow_audit(NULL, 0));
    kit_parallel(cores, idle_body, NULL);
    KIT_CHECK(shadow_all_back());
}

int kit_main(void)
{
    static const kit_case cases[] = {{"cached_full", test_full}, {"cached_race", test_race}};
    cores = (unsigned)kit_argument_number("cores", 4);
    rounds = kit_argument_number("rounds", 3000);
    seed = kit_argument_number("seed", 1);
    heap_bytes = (size_t)kit_argument_number("heap", 4 << 20);
    if (cores > CORES_MOST || cores > kit_cores() || !shadow_start(heap_bytes, 0, 1))
        return 2;
    return kit_run_cases(cases, 2);
}
