/* SPDX-License-Identifier: MIT */
/*
 * All cores at once, most calls in need of the run lock. Each core's own timer
 * ends its slice of QEMU's time, 250 to 313 instructions of all cores after the
 * last (with fewer, the handlers leave no time): so the order is a matter of
 * the seed alone. Counts come from the log: tests/bench/exec_log.py.
 */
#include "bench.h"

enum { CORES_MOST = 4, BLOCKS = 96, SLICE = 250, SLICE_MASK = 63 };

static struct core {
    uint64_t seed, slice_seed;
    void *block[BLOCKS];
} cores[CORES_MOST];

static uintptr_t call(bench_group group, uintptr_t function, uintptr_t a, uintptr_t b)
{
    void *result;
    bench_mark(group);
    bench_bracket(function, a, b, 0, &result);
    return (uintptr_t)result;
}

static void slice_ends(void)
{
    struct core *c = &cores[kit_core()];
    kit_timer_once(SLICE + (kit_random(&c->slice_seed) >> 20 & SLICE_MASK), slice_ends);
}

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
        had = (void *)call(BENCH_REALLOC, (uintptr_t)hak_realloc, (uintptr_t)had, size);
    else if (had != NULL)
        had = (void *)(call(BENCH_FREE, (uintptr_t)hak_free, (uintptr_t)had, 0) * 0);
    else if (what % 4 == 1)
        had = (void *)call(BENCH_ALIGNED, (uintptr_t)hak_aligned_alloc, 256, size);
    else
        had = (void *)call(BENCH_MALLOC, (uintptr_t)hak_malloc, size, 0);
    had = __atomic_exchange_n(block, had, __ATOMIC_ACQ_REL);
    if (had != NULL)
        hak_free(had);
}

static void body(unsigned core, void *context)
{
    const unsigned operations = (unsigned)kit_argument_number("ops", 1500);
    (void)context;
    cores[core].seed = kit_argument_number("seed", 1) * 64 + core + 1;
    cores[core].slice_seed = ~cores[core].seed;
    slice_ends();
    for (unsigned i = 0; i < operations; i++)
        one_operation(&cores[core], 65536);
    kit_timer_stop();
}

void bench_contend(void) { kit_parallel(CORES_MOST, body, NULL); }
