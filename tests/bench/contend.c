/* SPDX-License-Identifier: MIT */
/*
 * All cores at once, most calls in need of the run lock. Counts come from the
 * log: tests/bench/exec_log.py.
 */
#include "bench.h"

enum { CORES_MOST = 4, BLOCKS = 96 };

static struct core {
    uint64_t seed;
    void *block[BLOCKS];
} cores[CORES_MOST];

/* Blocks wander: every fourth is another core's to free. */
static void one_operation(struct core *c, size_t most)
{
    size_t size = bench_log_uniform(&c->seed, 16, most);
    unsigned what = (unsigned)(kit_random(&c->seed) >> 40) % 16;
    void **block = &c->block[(kit_random(&c->seed) >> 24) % BLOCKS];
    if (what >= 12)
        block = &cores[(kit_random(&c->seed) >> 30) % CORES_MOST].block[block - c->block];
    void *had = __atomic_exchange_n(block, NULL, __ATOMIC_ACQ_REL);
    if (had != NULL && what % 4 == 0)
        had = (void *)bench_logged(BENCH_REALLOC, (uintptr_t)hak_realloc, (uintptr_t)had, size);
    else if (had != NULL)
        had = (void *)(bench_logged(BENCH_FREE, (uintptr_t)hak_free, (uintptr_t)had, 0) * 0);
    else if (what % 4 == 1)
        had = (void *)bench_logged(BENCH_ALIGNED, (uintptr_t)hak_aligned_alloc, 256, size);
    else
        had = (void *)bench_logged(BENCH_MALLOC, (uintptr_t)hak_malloc, size, 0);
    had = __atomic_exchange_n(block, had, __ATOMIC_ACQ_REL);
    if (had != NULL)
        hak_free(had);
}

static void body(unsigned core, void *context)
{
    const unsigned operations = (unsigned)kit_argument_number("ops", 1500);
    (void)context;
    cores[core].seed = kit_argument_number("seed", 1) * 64 + core + 1;
    bench_slices(~cores[core].seed);
    for (unsigned i = 0; i < operations; i++)
        one_operation(&cores[core], 65536);
    kit_timer_stop();
}

void bench_contend(void) { kit_parallel(CORES_MOST, body, NULL); }
