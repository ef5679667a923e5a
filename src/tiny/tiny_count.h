/* SPDX-License-Identifier: MIT */
/* Counting granules, and the live bits of blocks. */
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

/* No live bit of the block at g stays: its own, and the one that notes its alignment. */
static inline void tiny_clear_live(granule g, granule length)
{
    hak_word from = ~(hak_word)0 >> tiny_bit_of(g);
    if (length < WORD_BITS)
        from -= from >> length;
    tiny_unit_of(g)->live &= ~from;
}

#endif
