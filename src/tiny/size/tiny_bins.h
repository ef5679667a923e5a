/* SPDX-License-Identifier: MIT */
/*
 * Lists of free extents by length: up to 31 granules one for each, above 16 for each
 * power of two, and in the last one all that are longer than the others'. Of those
 * there are at most TINY_LONGS in a heap, so that they may be searched.
 *
 * The lists run through the first granule of each free extent, which a stray write of
 * the program can reach. So a link is followed only to where the map, which lies out of
 * line, says that a free extent begins, and links are changed only if those on both
 * sides confirm them: nothing is ever written into a block.
 */
#ifndef HAK_TINY_BINS_H
#define HAK_TINY_BINS_H

#include "tiny_map.h"

enum {
    TINY_COLUMNS_LOG2 = 4,
    TINY_LAST_BIN = HAK_TINY_BINS - 1,
    /* The shortest extent of the last list, and how many of those there can be. */
    TINY_LONG = (TINY_LAST_BIN % 16 + 16) << (TINY_LAST_BIN / 16 - 1),
    TINY_LONGS = HAK_TINY_GRANULES / TINY_LONG
};

/* The bin whose lengths include length: as if all up to 31 were in rows of 16. */
TINY_STEP int tiny_bin_of(granule length)
{
    unsigned shift =
        WORD_BITS - 1 - TINY_COLUMNS_LOG2 - hak_port_clz(length | 1u << TINY_COLUMNS_LOG2);
    unsigned bin = (shift << TINY_COLUMNS_LOG2) + (length >> shift);
    return (int)(bin < TINY_LAST_BIN ? bin : TINY_LAST_BIN) - HAK_TINY_BINS;
}

/* Put a free extent at the front of its list. A first one that is not free got there
 * through forged links: the list is given up. */
TINY_STEP void tiny_insert(granule g, granule length)
{
    int bin = tiny_bin_of(length);
    granule second = *tiny_head(bin);
    *tiny_head(bin) = (uint16_t)g;
    if (second == 0)
        tiny_flip_bin(bin);
    if (!tiny_is_free(second))
        second = g;
    tiny_link_at(g)->next = (uint16_t)second;
    tiny_link_at(second)->previous = (uint16_t)g;
    tiny_link_at(g)->previous = 0;
}

/* Take a free extent out of its list. If its links are overwritten, nothing is changed:
 * what still leads to it is not followed any more once it is no free extent. */
TINY_STEP void tiny_remove(granule g, int bin)
{
    granule next = tiny_link_at(g)->next, previous = tiny_link_at(g)->previous;
    uint16_t *link = tiny_is_free(previous) ? &tiny_link_at(previous)->next : tiny_head(bin);
    bool last = next == g;
    if (*link != g || (!last && (!tiny_is_free(next) || tiny_link_at(next)->previous != g))) {
        tiny.corrupt = (uint16_t)g;
        return;
    }
    if (last)
        next = previous;
    else
        tiny_link_at(next)->previous = (uint16_t)previous;
    *link = (uint16_t)next;
    if (next == 0)
        tiny_flip_bin(bin);
}

/* The same of one of that length. */
static inline void tiny_leave(granule g, granule length) { tiny_remove(g, tiny_bin_of(length)); }

#endif
