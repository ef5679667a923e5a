/* SPDX-License-Identifier: MIT */
/*
 * Counting the instructions of single calls, exactly: from the call instruction
 * to the return, both included, with arguments in place; copying and zeroing of
 * user bytes left out. Under QEMU's icount with one core running; the folders named
 * after a board have the counter of that board.
 */
#ifndef BENCH_H
#define BENCH_H

#include "hak.h"
#include "kit.h"

/* Kinds of calls. tests/bench/exec_log.py knows the numbers by what
 * bench_end() prints. */
typedef enum bench_group {
    BENCH_MALLOC,
    BENCH_REALLOC,
    BENCH_FREE,
    BENCH_ALIGNED,
    BENCH_CALLOC,
    BENCH_REMOTE_OWNED_FIRST, /* frees from another core: see remote.c */
    BENCH_REMOTE_OWNED,
    BENCH_REMOTE_LEFT_FIRST,
    BENCH_REMOTE_LEFT,
    BENCH_REMOTE_LEFT_LAST,
    BENCH_POOL_MALLOC, /* parts of the cost tables: see tests/models/costs.c */
    BENCH_POOL_FREE,
    BENCH_HIT,
    BENCH_MISS,
    BENCH_PUT,
    BENCH_EVICT,
    BENCH_GROUPS /* bench_start's own */
} bench_group;

/* Before the first call, and after the last: prints what each group's calls
 * cost in all, for exec_log.py to compare. */
void bench_start(void);
void bench_end(void);

/* What the last call took. */
extern uint64_t bench_spent;

void *bench_malloc(size_t size);
void *bench_malloc_as(bench_group group, size_t size);
void *bench_calloc(size_t count, size_t size);
void *bench_realloc(void *block, size_t size);
void *bench_aligned(size_t alignment, size_t size);
void bench_free(void *block);
void bench_free_as(bench_group group, void *block);

/* bracket.S; for cores that run at once, where the count means nothing. */
uint64_t bench_bracket(uintptr_t call, uintptr_t a, uintptr_t b, uintptr_t c, void **result);
void bench_mark(bench_group group);

/* A call for the log alone, on cores that run at once. */
uintptr_t bench_logged(bench_group group, uintptr_t function, uintptr_t a, uintptr_t b);

/* The calling core's slices of QEMU's time end 250 to 313 instructions of all
 * cores after the last, from now on; with fewer, the handlers leave no time. So
 * the cores' order is a matter of the seed alone. kit_timer_stop() ends it. */
void bench_slices(uint64_t seed);

/* What a series of calls cost. */
typedef struct bench_cost {
    uint64_t calls, sum, most;
} bench_cost;
void bench_add(bench_cost *cost); /* the last call */

/* "= cost NAME_DETAIL calls sum most" for bench.py. */
void bench_print(const char *name, const char *detail, const bench_cost *cost);

/* The last call took memory back from where it was retained, or found none:
 * ask after each one. */
bool bench_recalled(const void *result);

/* Calls by kind, those that recalled apart. */
typedef struct bench_table {
    bench_cost kinds[BENCH_GROUPS], recalls;
} bench_table;
void bench_note(bench_table *table, bench_group group, bool recalled);
void bench_print_table(const char *name, const bench_table *table);

/* Print the stages that the calls went through, and check the heap: 0 if whole. */
int bench_check(void);

/* A size between low and high, powers of two, whose logarithm is uniform. */
size_t bench_log_uniform(uint64_t *seed, size_t low, size_t high);

/* The scenarios. */
void bench_fast(void);    /* fast.c */
void bench_remote(void);  /* remote.c */
void bench_random(void);  /* random.c */
void bench_full(void);    /* full.c */
void bench_span(void);    /* span.c */
void bench_recall(void);  /* recall.c */
void bench_contend(void); /* contend.c */
void bench_cache(void);   /* cache.c */

#endif
