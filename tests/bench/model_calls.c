/* SPDX-License-Identifier: MIT */
/* The operations of the model test, measured: tests/model/model.c, whose
 * kit_main() was renamed, with the arguments that it takes. */
#include "model_calls.h"
#include "bench.h"

#undef kit_main

int model_main(void);

static bench_table table;

static void *note(bench_group group, void *p)
{
    bench_note(&table, group, bench_recalled(p));
    return p;
}

void *model_malloc(size_t size) { return note(BENCH_MALLOC, bench_malloc(size)); }

void *model_calloc(size_t count, size_t size)
{
    return note(BENCH_CALLOC, bench_calloc(count, size));
}

void *model_realloc(void *block, size_t size)
{
    return note(BENCH_REALLOC, bench_realloc(block, size));
}

void *model_aligned(size_t alignment, size_t size)
{
    return note(BENCH_ALIGNED, bench_aligned(alignment, size));
}

void model_free(void *block)
{
    bench_free(block);
    bench_note(&table, BENCH_FREE, false);
}

int kit_main(void)
{
    bench_start();
    int status = model_main();
    bench_print_table("model", &table);
    bench_end();
    return status;
}
