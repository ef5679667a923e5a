/* SPDX-License-Identifier: MIT */
/* Taking extents and giving them back. */
#ifndef HAK_TINY_RUN_H
#define HAK_TINY_RUN_H

#include "tiny_bins.h"

/* What is left of an extent stays free, however short. */
enum { TINY_WORTH = 1 };
static inline bool tiny_is_worth(granule left, granule length) { return (void)length, left != 0; }

/* The extent [g, g + length), which begins on the map and is no block, becomes free,
 * and one with its free neighbours. */
TINY_STEP void tiny_give(granule g, granule length)
{
    granule behind = g + length, before = tiny_before(g);
    if (tiny_is_free(behind)) {
        granule more = tiny_length(behind);
        tiny_remove(behind, tiny_bin_of(more));
        tiny_clear_begin(behind);
        length += more;
    }
    if (tiny_is_free(before)) {
        tiny_remove(before, tiny_bin_of(g - before));
        tiny_clear_begin(g);
        length += g - before;
        g = before;
    }
    tiny_note_length(g, length);
    tiny_insert(g, length);
}

/* The same of what was a block. */
static inline void tiny_give_block(granule g, granule length) { tiny_give(g, length); }

/* The front of the free extent g becomes an extent of that length, the rest stays free. */
TINY_STEP void tiny_cut(granule g, int bin, granule length, granule rest)
{
    tiny_remove(g, bin);
    if (rest != 0) {
        tiny_set_begin(g + length);
        tiny_note_length(g + length, rest);
        tiny_insert(g + length, rest);
    }
    tiny_note_length(g, length);
}

/* An extent of that length; 0: none is free. The first one of the length's own bin that
 * is long enough, if that is among its first few; else of the next bin that has any.
 * Whatever is in that is long enough, but in the last bin, of which all are looked at. */
static inline granule tiny_take(size_t granules)
{
    granule length = (granule)granules;
    int bin = tiny_bin_of(length) - 1;
    if (tiny.end == 0 || (WORD_BITS == 64 && granules > HAK_TINY_GRANULES))
        return 0;
    for (;;) {
        bin = tiny_next_bin(bin + 1);
        if (bin >= 0)
            return 0;
        granule g = *tiny_head(bin), next;
        for (unsigned left = TINY_LONGS; tiny_is_free(g); g = next) {
            granule rest = tiny_length(g) - length;
            if ((int32_t)rest >= 0) {
                tiny_cut(g, bin, length, rest);
                return g;
            }
            next = tiny_link_at(g)->next;
            if (next == g || left-- == 0)
                break;
        }
    }
}

#endif
