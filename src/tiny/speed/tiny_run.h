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
    if (tiny_begins_free(before)) {
        tiny_leave(before, g - before);
        tiny_clear_begin(g);
        length += g - before;
        g = before;
        noted = false;
    }
    if (tiny_begins_free(behind)) {
        granule more = tiny_length(behind);
        tiny_leave(behind, more);
        tiny_clear_begin(behind);
        length += more;
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

/* The first extent of a list: where it is, what it has, and which list that is. */
typedef struct tiny_found {
    granule start, length;
    int bin; /* 0 or more: none */
} tiny_found;

/* An extent of at least that length. The first one of the length's own bin if that is
 * long enough; else of the next bin that has any: it surely is. */
TINY_STEP tiny_found tiny_find(granule length)
{
    tiny_found f = {0, 0, tiny_bin_of(length)};
    f.start = *tiny_head(f.bin);
    if (f.start != 0) {
        f.length = tiny_length(f.start);
        if (f.length >= length)
            return f;
    }
    f.bin = tiny_next_bin(f.bin + 1);
    if (f.bin >= 0)
        return f;
    f.start = *tiny_head(f.bin);
    f.length = tiny_length(f.start);
    return f;
}

/* The front of it becomes an extent of that length. */
TINY_STEP void tiny_take_found(tiny_found f, granule length)
{
    tiny_remove_first(f.start, f.bin);
    tiny_cut(f.start, f.length, length);
}

/* An extent of that length; 0: none is free. */
TINY_STEP granule tiny_take(size_t granules)
{
    if (granules > tiny.free)
        return 0;
    tiny_found f = tiny_find((granule)granules);
    if (f.bin >= 0)
        return 0;
    tiny_take_found(f, (granule)granules);
    return f.start;
}

#endif
