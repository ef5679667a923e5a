/* SPDX-License-Identifier: MIT */
/*
 * One free extent that spans the heap, or one block that does: what calls cost
 * that cut it, join it, or make it longer or shorter. Nothing else is live. The
 * blocks at its front have from= bytes (32 KiB), two and four times that.
 */
#include "bench.h"

enum { ROUNDS = 8 };

static bench_table table;

static void *noted(bench_group group, void *p)
{
    bench_note(&table, group, bench_recalled(p));
    return p;
}

static void freed(void *p)
{
    bench_free(p);
    bench_note(&table, BENCH_FREE, false);
}

static size_t largest(void)
{
    hak_stats s;
    hak_stats_get(&s);
    return s.largest_free_bytes;
}

/* What the reuse cache holds would lie in the way: it is recalled by a malloc that
 * cannot succeed. */
static void empty_cache(void)
{
    hak_stats s;
    hak_stats_get(&s);
    hak_free(hak_malloc(s.heap_bytes));
}

/* Blocks at the front of the extent, and free ones joined to it again. */
static void extent_spans(size_t size)
{
    empty_cache();
    void *a = noted(BENCH_MALLOC, bench_malloc(size));
    void *b = noted(BENCH_ALIGNED, bench_aligned(4096, size));
    void *c = noted(BENCH_MALLOC, bench_malloc(size));
    c = noted(BENCH_REALLOC, bench_realloc(c, 2 * size)); /* into the extent */
    c = noted(BENCH_REALLOC, bench_realloc(c, size / 2)); /* and back */
    freed(b);
    freed(a);
    freed(c);
}

/* Half of it, and the other half free; all of it; less and less of it. */
static void block_spans(void)
{
    size_t all = largest();
    void *a = noted(BENCH_MALLOC, bench_malloc(all));
    freed(a);
    a = noted(BENCH_ALIGNED, bench_aligned(64, all - all / 8));
    freed(a);
    a = noted(BENCH_MALLOC, bench_malloc(all / 2));
    a = noted(BENCH_REALLOC, bench_realloc(a, all - all / 16)); /* grows in place */
    a = noted(BENCH_REALLOC, bench_realloc(a, all / 4));
    void *b = noted(BENCH_MALLOC, bench_malloc(all / 2));
    freed(a);
    freed(b);
}

void bench_span(void)
{
    size_t from = kit_argument_number("from", 32 << 10);
    for (unsigned i = 0; i < ROUNDS; i++) {
        for (size_t size = from; size <= 4 * from; size *= 2)
            extent_spans(size);
        block_spans();
    }
    bench_print_table("span", &table);
}
