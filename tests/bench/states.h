/* SPDX-License-Identifier: MIT */
/* Calls in states of the heap that are as bad as they can be made. */
#ifndef STATES_H
#define STATES_H

#include "mix.h"

void states_holes(void);   /* states.c: full of holes that have no neighbour */
void states_bins(void);    /* states.c: a free extent in every bin */
void states_pages(void);   /* states_pages.c: births and deaths of pages */
void states_pending(void); /* states_pages.c: frees of another core pending in every page */
void states_random(void);  /* states_random.c: random operations, from empty to full */

/* Measured calls, noted in the table; those that recall are noted apart. */
void *state_malloc(bench_table *table, size_t size);
void *state_calloc(bench_table *table, size_t size);
void *state_aligned(bench_table *table, size_t alignment, size_t size);
void *state_realloc(bench_table *table, void *block, size_t size); /* the block, where it is now */
void state_free(bench_table *table, void *block);                  /* NULL: nothing */

#endif
