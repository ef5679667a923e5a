/* SPDX-License-Identifier: MIT */
/* What the public calls begin and end with, for size. */
#ifndef HAK_TINY_CALL_H
#define HAK_TINY_CALL_H

#include "tiny_count.h"
#include "tiny_run.h"

/* The block that begins at p; 0: none does. Then it was reported, and the mask is off. */
granule tiny_block(const void *p, hak_mask state, const void *call_site);

/* No live bit of the block at g stays: its own, and the one that notes its alignment.
 * Its length. */
static inline granule tiny_end_block(granule g)
{
    granule length = tiny_length(g);
    hak_word from = ~(hak_word)0 >> tiny_bit_of(g);
    if (length < WORD_BITS)
        from -= from >> length;
    tiny_unit_of(g)->live &= ~from;
    return length;
}

/* The end of a call with which nothing was wrong. */
static inline void tiny_end(hak_mask state, const void *call_site)
{
    tiny_done(state, HAK_FAULT_NONE, NULL, call_site);
}

#endif
