/* SPDX-License-Identifier: MIT */
/* What realloc can do without moving the block. */
#ifndef HAK_TINY_RESIZE_H
#define HAK_TINY_RESIZE_H

#include "tiny_alignment.h"
#include "tiny_call.h"
#include "tiny_old.h"

/* The block [g, g + length) takes the free extent behind it. Its new length. */
static granule grow(granule g, granule length)
{
    granule behind = g + length, more = tiny_length(behind);
    tiny_leave(behind, more);
    tiny_clear_begin(behind);
    return length + more;
}

/* Longer or shorter in place; false: there is no room behind it. */
static bool resize(granule g, granule old, granule length)
{
    granule all = old;
    if (length > old) {
        if (!tiny_is_free(g + old) || old + tiny_length(g + old) < length)
            return false;
        all = grow(g, old);
    }
    if (all > length)
        tiny_set_begin(g + length);
    tiny_note_length(g, length);
    if (all > length)
        tiny_give(g + length, all - length);
    if (length > old)
        tiny_count_taken(length - old);
    else
        tiny_count_given(old - length);
    return true;
}

/* Takes the mask and leaves it. size is at most PTRDIFF_MAX. */
static tiny_old tiny_resize(void *block, size_t size, const void *call_site)
{
    hak_mask state = hak_port_mask();
    tiny_old old = {0, 0, false};
    granule g = tiny_block(block, state, call_site);
    if (g == 0)
        return old;
    granule before = tiny_length(g);
    old.bytes = (size_t)before << GRANULE_SHIFT;
    old.alignment_log2 = tiny_alignment(g, before);
    size_t length = granules_for(size);
    size_t least = old.alignment_log2 + 1u; /* the note of it stays inside the block */
    if (least > before)
        least = before;
    if (length < least)
        length = least;
    old.resized = length <= HAK_TINY_GRANULES && resize(g, before, (granule)length);
    tiny_end(state, call_site);
    return old;
}

#endif
