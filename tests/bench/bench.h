/* SPDX-License-Identifier: MIT */
/* Counting the instructions of single calls. */
#ifndef BENCH_H
#define BENCH_H

#include "hak.h"
#include "kit.h"

/* What a series of calls cost. */
typedef struct bench_cost {
    uint64_t calls, sum, most;
} bench_cost;

/* The instructions that the calls took, call and return included; copying and
 * zeroing of user bytes are left out. */
void *bench_malloc(bench_cost *cost, size_t size);
void *bench_realloc(bench_cost *cost, void *block, size_t size);
void *bench_aligned(bench_cost *cost, size_t alignment, size_t size);
void bench_free(bench_cost *cost, void *block);

/* "NAME mean max" on a line that bench.py reads. */
void bench_print(const char *name, const bench_cost *cost);

/* A size between low and high whose logarithm is uniform. */
size_t bench_log_uniform(uint64_t *seed, size_t low, size_t high);

#endif
