/* SPDX-License-Identifier: MIT */
#include "tiny_bins.h"

/* May next become the first one of the list that g leaves? */
TINY_STEP bool may_lead(granule next, granule g, int bin)
{
    return tiny_is_free(next) && tiny_link_at(next)->previous == g &&
           tiny_bin_of(tiny_length(next)) == bin;
}

TINY_STEP void first_leaves(granule g, int bin)
{
    granule next = tiny_link_at(g)->next;
    if (next != g && may_lead(next, g, bin)) {
        *tiny_head(bin) = (uint16_t)next;
        tiny_link_at(next)->previous = 0;
        return;
    }
    *tiny_head(bin) = 0;
    tiny_flip_bin(bin);
    if (next != g)
        tiny.corrupt = (uint16_t)g;
}

/* Not the first: those on both sides confirm its links, or nothing is changed. */
TINY_STEP void other_leaves(granule g)
{
    granule next = tiny_link_at(g)->next, previous = tiny_link_at(g)->previous;
    bool last = next == g;
    if (!tiny_is_free(previous) || tiny_link_at(previous)->next != g ||
        (!last && (!tiny_is_free(next) || tiny_link_at(next)->previous != g))) {
        tiny.corrupt = (uint16_t)g;
        return;
    }
    tiny_link_at(previous)->next = (uint16_t)(last ? previous : next);
    if (!last)
        tiny_link_at(next)->previous = (uint16_t)previous;
}

void tiny_unlink_first(granule g, int bin) { first_leaves(g, bin); }

void tiny_leave(granule g, granule length)
{
    int bin = tiny_bin_of(length);
    if (*tiny_head(bin) == g)
        first_leaves(g, bin);
    else
        other_leaves(g);
}
