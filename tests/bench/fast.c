/* SPDX-License-Identifier: MIT */
/* The fast paths: malloc from the core's current page and free into it, warm. A
 * call counts if hak's own counters say that it took no other way. */
#include "bench.h"

enum { BATCH = 3, WARM_UP = 300, ROUNDS = 100, LEAST_CALLS = 100 };

static hak_stats before;

static void look(void) { hak_stats_get(&before); }

static bool was_fast_malloc(void)
{
    hak_stats s;
    hak_stats_get(&s);
    return s.malloc_pool == before.malloc_pool + 1 && s.refill_drain == before.refill_drain &&
           s.refill_adopt == before.refill_adopt && s.refill_birth == before.refill_birth;
}

static bool was_fast_free(void)
{
    hak_stats s;
    hak_stats_get(&s);
    return s.free_local == before.free_local + 1 && s.retained_pages == before.retained_pages &&
           s.pages_retired == before.pages_retired;
}

static void fast_paths(const char *name, size_t size)
{
    bench_cost mallocs = {0}, frees = {0};
    void *block[BATCH];
    for (int i = 0; i < WARM_UP; i++) {
        /* through the bracket, whose call site gets its place, and its peak */
        for (int k = 0; k < BATCH; k++)
            block[k] = bench_malloc(size);
        for (int k = 0; k < BATCH; k++)
            bench_free(block[k]);
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < BATCH; i++) {
            look();
            block[i] = bench_malloc(size);
            if (was_fast_malloc())
                bench_add(&mallocs);
        }
        for (int i = 0; i < BATCH; i++) {
            look();
            bench_free(block[(i + round) % BATCH]);
            if (was_fast_free())
                bench_add(&frees);
        }
    }
    if (mallocs.calls < LEAST_CALLS || frees.calls < LEAST_CALLS)
        kit_print("bench: too few calls of %s took the fast path\n", name);
    bench_print("fast_malloc", name, &mallocs);
    bench_print("fast_free", name, &frees);
}

void bench_fast(void)
{
    fast_paths("16", 16);
    fast_paths("64", 64);
    fast_paths("256", 256);
    fast_paths("1024", 1024);
}
