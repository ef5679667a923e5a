/* SPDX-License-Identifier: MIT */
/*
 * Lists of free extents, by zone and by length, two for each power of two. The zones keep
 * what is in use together: the lowest one that has an extent serves.
 *
 * The heads lie out of line and are believed: a list's first extent is free and belongs
 * there, for it was looked at when it became the first, and cannot change without leaving
 * the list; its header alone can be overwritten, and is looked at again. The links lie in
 * free memory, which a stray write of the program can reach: they are followed only to
 * free extents, from the head only to those of the same list, and changed in the middle
 * of a list only if those on both sides confirm them.
 */
#ifndef HAK_TINY_BINS_H
#define HAK_TINY_BINS_H

#include "tiny_extent.h"

enum {
    TINY_COLUMNS_LOG2 = 1,
    TINY_LONG = HAK_TINY_GRANULES /* no bin is of all that are longer */
};

/* 2 granules: 2; 32,767: 29 */
TINY_STEP unsigned tiny_bin_of(granule length)
{
    unsigned shift = WORD_BITS - 2 - hak_port_clz(length);
    return 2 * shift + (length >> shift);
}

TINY_STEP tiny_row *tiny_row_of(uintptr_t p)
{
    uintptr_t row = tiny.zone_0 + (p >> TINY_ZONE_SHIFT) * sizeof(tiny_row);
    TINY_MEET(row);
    return (tiny_row *)row;
}
TINY_STEP void tiny_flip_list(tiny_row *row, unsigned bin) { row->lists ^= ONE << bin; }

TINY_STEP void tiny_insert(uintptr_t p, granule length)
{
    tiny_row *row = tiny_row_of(p);
    unsigned bin = tiny_bin_of(length);
    uintptr_t second = row->head[bin];
    row->head[bin] = p;
    tiny_links(p)->next = second;
    if (second != 0)
        tiny_links(second)->previous = p;
    else
        tiny_flip_list(row, bin);
}

/* Is next a free extent of the list that p is the first of? Else one could be the first of
 * two lists. */
TINY_STEP bool tiny_follows(uintptr_t next, uintptr_t p, unsigned bin)
{
    if (!tiny_may_be(next))
        return false;
    hak_word length = tiny_free_length(tiny_says(next));
    return length < TINY_SPAN && tiny_bin_of((granule)length) == bin &&
           (next ^ p) < (uintptr_t)1 << TINY_ZONE_SHIFT;
}

/* The first one of a list leaves it. false: its link is overwritten, and nothing was
 * changed. */
TINY_STEP bool tiny_first_leaves(tiny_row *row, unsigned bin, uintptr_t p)
{
    uintptr_t next = tiny_links(p)->next;
    if (next != 0 && TINY_RARE(!tiny_follows(next, p, bin)))
        return false;
    row->head[bin] = next;
    if (next == 0)
        tiny_flip_list(row, bin);
    return true;
}

/* The list is given up but for nothing: what it leads to is not followed. */
static inline void tiny_give_up(tiny_row *row, unsigned bin)
{
    tiny.corrupt = row->head[bin];
    row->head[bin] = 0;
    tiny_flip_list(row, bin);
}

/* A free extent leaves its list. false: it is the top, or a link is overwritten, and
 * nothing was changed. */
TINY_STEP bool tiny_leave(uintptr_t p, granule length)
{
    tiny_row *row = tiny_row_of(p);
    unsigned bin = tiny_bin_of(length);
    if (row->head[bin] == p)
        return tiny_first_leaves(row, bin, p);
    uintptr_t next = tiny_links(p)->next, previous = tiny_links(p)->previous;
    if (!tiny_is_free_at(previous) || tiny_links(previous)->next != p)
        return false;
    if (next != 0) {
        if (!tiny_is_free_at(next) || tiny_links(next)->previous != p)
            return false;
        tiny_links(next)->previous = previous;
    }
    tiny_links(previous)->next = next;
    return true;
}

/* The same; where that fails, the top is no more, or what is overwritten is noted and what
 * leads to p is not followed once it is no free extent. true: it was the top. */
bool tiny_leave_somehow(uintptr_t p, granule length);

/* The free extent, in no list, becomes the top. */
static inline void tiny_set_top(uintptr_t p, granule length)
{
    tiny.top = p;
    tiny.top_bin = tiny_bin_of(length);
    tiny_links(p)->previous = 0; /* so that tiny_leave() finds nothing to do */
}

#endif
