/* SPDX-License-Identifier: MIT */
#ifndef HAK_TINY_MALLOC_H
#define HAK_TINY_MALLOC_H

#include "tiny_call.h"

/* Smaller sizes are asked for as this one: two granules with their header. */
enum { TINY_SMALLEST = TINY_HEADER_BYTES + 1 };

/* The granules of a block of that size, header included. */
TINY_STEP granule tiny_granules_for(size_t size)
{
    return (granule)((size - TINY_SMALLEST + 2 * GRANULE_BYTES) >> GRANULE_SHIFT);
}

/* malloc of what is very small or too much. Masked; leaves the mask. */
void *tiny_malloc_slow(size_t size, hak_mask state, const void *call_site);
/* And of what comes from the top or from that list behind it, or not at all. */
void *tiny_malloc_top(granule length, uintptr_t *list, hak_mask state, const void *call_site);

/* malloc, for a public call. */
static inline void *tiny_malloc(size_t size, const void *call_site)
{
    hak_mask state = hak_port_mask();
    if (TINY_RARE(size - TINY_SMALLEST >= tiny.most))
        return tiny_malloc_slow(size, state, call_site);
    granule length = tiny_granules_for(size);
    TINY_MEET(length);
    tiny_found f = tiny_find(length);
    if (TINY_RARE(!f.whole) || !tiny_first_leaves(f.row, f.bin, f.start))
        return tiny_malloc_top(length, tiny_list_of(f), state, call_site);
    tiny_cut(f.start, length, f.left, false);
    hak_port_unmask(state);
    return (void *)f.start;
}

#endif
