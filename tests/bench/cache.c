/* SPDX-License-Identifier: MIT */
/*
 * The reuse cache, on a heap of 64 MiB or more: hits and puts of 2 MiB, warm; a
 * pair of malloc and free over many cycles, everything included; the same pair
 * where nothing is kept: past the cache's largest class, the cost of the run layer
 * does not depend on the size. A pair of 64 B for comparison.
 */
#include "bench.h"

enum { CYCLES = 1000, MIB = 1 << 20, WARM_UP = 300 };

static void pairs(const char *name, size_t size, unsigned warm_up)
{
    bench_cost mallocs = {0}, frees = {0}, pair = {0};
    for (unsigned i = 0; i < warm_up; i++)
        bench_free(bench_malloc(size));
    for (unsigned i = 0; i < CYCLES; i++) {
        void *p = bench_malloc(size);
        uint64_t spent = bench_spent;
        bench_add(&mallocs);
        bench_free(p);
        bench_add(&frees);
        bench_spent += spent;
        bench_add(&pair);
    }
    bench_print("cache_malloc", name, &mallocs);
    bench_print("cache_free", name, &frees);
    bench_print("cache_pair", name, &pair);
}

/* Two sizes in turn at one site, which has one entry for both: each put evicts.
 * And more blocks at once than there are seats. */
static void evictions(void)
{
    enum { LIVE = 40 };
    static void *block[LIVE];
    bench_cost frees = {0};
    for (unsigned i = 0; i < CYCLES; i++) {
        void *p = bench_malloc(i % 2 == 0 ? 2 * MIB : 3 * MIB / 2);
        bench_free(p);
        bench_add(&frees);
    }
    for (unsigned round = 0; round < 20; round++) {
        for (unsigned i = 0; i < LIVE; i++)
            block[i] = bench_malloc(MIB / 2 + 16 + (i + round) % 7 * 4096);
        for (unsigned i = 0; i < LIVE; i++) {
            bench_free(block[i]);
            bench_add(&frees);
        }
    }
    bench_print("cache_free", "evicting", &frees);
}

void bench_cache(void)
{
    pairs("64_B", 64, WARM_UP);
    pairs("2_MiB", 2 * MIB, 0);
    pairs("2_MiB_warm", 2 * MIB, WARM_UP);
    pairs("9_MiB", 9 * MIB, WARM_UP);
    evictions();
}
