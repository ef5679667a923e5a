/* SPDX-License-Identifier: MIT */
/* Taking extents and giving them back. */
#ifndef HAK_TINY_RUN_H
#define HAK_TINY_RUN_H

#include "tiny_bins.h"

/*
 * The extent [g, g + length), which begins on the map and is no block, becomes free,
 * and one with its free neighbours. noted: its length is where it belongs, as that of a
 * block is.
 */
TINY_STEP void tiny_give_noted(granule g, granule length, bool noted)
{
    granule behind = g + length, before = tiny_before(g);
    if (tiny_is_free_at(behind)) {
        granule more = tiny_length(behind);
        tiny_remove(behind, tiny_bin_of(more));
        tiny_clear_begin(behind);
        length += more;
        noted = false;
    }
    if (tiny_is_free_at(before)) {
        tiny_remove(before, tiny_bin_of(g - before));
        tiny_clear_begin(g);
        length += g - before;
        g = before;
        noted = false;
    }
    if (!noted)
        tiny_note_length(g, length);
    tiny_insert(g, length);
}
TINY_STEP void tiny_give(granule g, granule length) { tiny_give_noted(g, length, false); }
TINY_STEP void tiny_give_block(granule g, granule length) { tiny_give_noted(g, length, true); }

/* The front of the free extent g that was found becomes an extent of that length, the
 * rest stays free. */
TINY_STEP void tiny_cut(granule g, granule found, granule length)
{
    granule behind = g + length, rest = found - length;
    tiny_note_length(g, length);
    if (rest == 0)
        return;
    tiny_set_begin(behind);
    tiny_note_length(behind, rest);
    tiny_insert(behind, rest);
}

/* An extent of that length; 0: none is free. The first one of the length's own bin if
 * that is long enough; else of the next bin that has any: it surely is. */
TINY_STEP granule tiny_take(size_t granules)
{
    granule length = (granule)granules;
    int bin;
    if (granules > tiny.free || (bin = tiny_next_bin(tiny_bin_of(length))) >= 0)
        return 0;
    granule g = *tiny_head(bin), found = tiny_length(g);
    if (found < length) {
        bin = tiny_next_bin(bin + 1);
        if (bin >= 0)
            return 0;
        g = *tiny_head(bin);
        found = tiny_length(g);
    }
    tiny_remove(g, bin);
    tiny_cut(g, found, length);
    return g;
}

#endif
