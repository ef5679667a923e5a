/* SPDX-License-Identifier: MIT */
/*
 * What calls cost in bad states. A program of its own, so that the others' images stay.
 *     what=holes|bins|pages|pending|random  one state
 *     heap=1M       and those of the random operations: states_random.c
 */
#include "states.h"

static const struct state {
    const char *name;
    void (*run)(void);
} states[] = {{"holes", states_holes},
              {"bins", states_bins},
              {"pages", states_pages},
              {"pending", states_pending},
              {"random", states_random}};

enum { STATES = sizeof states / sizeof states[0] };

static bool same(const char *a, const char *b)
{
    while (*a != 0 && *a == *b)
        a++, b++;
    return *a == *b;
}

static void *noted(bench_table *table, bench_group group, void *result)
{
    bench_note(table, group, bench_recalled(result));
    return result;
}

void *state_malloc(bench_table *table, size_t size)
{
    return noted(table, BENCH_MALLOC, bench_malloc(size));
}

void *state_calloc(bench_table *table, size_t size)
{
    return noted(table, BENCH_CALLOC, bench_calloc(1, size));
}

void *state_aligned(bench_table *table, size_t alignment, size_t size)
{
    return noted(table, BENCH_ALIGNED, bench_aligned(alignment, size));
}

void *state_realloc(bench_table *table, void *block, size_t size)
{
    void *p = noted(table, BENCH_REALLOC, bench_realloc(block, size));
    return p != NULL ? p : block;
}

void state_free(bench_table *table, void *block)
{
    if (block == NULL)
        return;
    bench_free(block);
    bench_note(table, BENCH_FREE, false);
}

int kit_main(void)
{
    size_t bytes = (size_t)kit_argument_number("heap", 1 << 20);
    const char *what = kit_argument("what");
    void *heap = kit_ram(bytes, &(size_t){0});
    if (what == NULL || heap == NULL || hak_init(heap, bytes) != HAK_OK)
        return 2;
    bench_start();
    for (unsigned i = 0; i < STATES; i++)
        if (same(states[i].name, what)) {
            states[i].run();
            return bench_check();
        }
    kit_print("bench: no state %s\n", what);
    return 2;
}
