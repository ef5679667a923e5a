/* SPDX-License-Identifier: MIT */
/* Calls of cores that run at once. */
#include "bench.h"

enum { CORES_MOST = 16, SLICE = 250, SLICE_MASK = 63 };

static uint64_t seeds[CORES_MOST];

static void slice_ends(void)
{
    kit_timer_once(SLICE + (kit_random(&seeds[kit_core()]) >> 20 & SLICE_MASK), slice_ends);
}

void bench_slices(uint64_t seed)
{
    seeds[kit_core()] = seed;
    slice_ends();
}

uintptr_t bench_logged(bench_group group, uintptr_t function, uintptr_t a, uintptr_t b)
{
    void *result;
    bench_mark(group);
    bench_bracket(function, a, b, 0, &result);
    return (uintptr_t)result;
}
