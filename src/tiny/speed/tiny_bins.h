/* SPDX-License-Identifier: MIT */
/*
 * Lists of free extents by length: up to 31 granules one for each, above 16 for each
 * power of two.
 *
 * The heads lie out of line and are believed: a list's first extent is free, and of
 * that bin, for it was looked up in the map when it became the first, and cannot
 * change without leaving the list. The lists run through the first granule of each
 * free extent, which a stray write of the program can reach: of what these links say,
 * only "the only one of its list" is believed, and that only of the first one. All
 * else is confirmed by the map and by the links on both sides (tiny_unlink).
 */
#ifndef HAK_TINY_BINS_H
#define HAK_TINY_BINS_H

#include "tiny_map.h"

enum {
    TINY_COLUMNS_LOG2 = 4,
    TINY_LONG = HAK_TINY_GRANULES /* no bin is of all that are longer */
};
_Static_assert(HAK_TINY_GRANULES <= 32768 && HAK_TINY_BINS == 192, "a bin for each length");

/* The bin whose lengths include length: as if all up to 31 were in rows of 16. */
TINY_STEP int tiny_bin_of(granule length)
{
    unsigned shift =
        WORD_BITS - 1 - TINY_COLUMNS_LOG2 - hak_port_clz(length | 1u << TINY_COLUMNS_LOG2);
    return (int)(shift << TINY_COLUMNS_LOG2) + (int)(length >> shift) - HAK_TINY_BINS;
}

/* Both links of a free extent at once. */
TINY_STEP uint32_t *tiny_links(granule g) { return tiny_address(g); }

/* Put a free extent at the front of its list. */
TINY_STEP void tiny_insert(granule g, granule length)
{
    int bin = tiny_bin_of(length);
    granule second = *tiny_head(bin);
    *tiny_head(bin) = (uint16_t)g;
    if (second == 0) {
        *tiny_links(g) = g;
        tiny_flip_bin(bin);
        return;
    }
    *tiny_links(g) = second;
    tiny_link_at(second)->previous = (uint16_t)g;
}

/* Take the first one out of its list, in which are others. If its links are overwritten,
 * the list is given up. */
void tiny_unlink_first(granule g, int bin);

/* Take the first one out of its list. */
TINY_STEP void tiny_remove_first(granule g, int bin)
{
    if (*tiny_links(g) != g) {
        tiny_unlink_first(g, bin);
        return;
    }
    *tiny_head(bin) = 0;
    tiny_flip_bin(bin);
}

/* Take any free extent, of that length, out of its list. If its links are overwritten,
 * nothing is changed unless it is the first: what still leads to it is not followed once
 * it is no free extent. A call: inlined, it leaves its callers too few registers. */
void tiny_leave(granule g, granule length);

#endif
