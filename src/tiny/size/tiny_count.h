/* SPDX-License-Identifier: MIT */
/* Counting granules. */
#ifndef HAK_TINY_COUNT_H
#define HAK_TINY_COUNT_H

#include "tiny.h"

/* The fewest that ever were free are so just before some are given back, or now. */
static inline void tiny_count_taken(granule length) { tiny.free = (uint16_t)(tiny.free - length); }
static inline void tiny_count_given(granule length)
{
    if (tiny.free < tiny.least_free)
        tiny.least_free = tiny.free;
    tiny.free = (uint16_t)(tiny.free + length);
}

#endif
