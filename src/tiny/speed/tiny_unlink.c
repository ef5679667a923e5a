/* SPDX-License-Identifier: MIT */
#include "tiny_bins.h"

/* May next become the first one of the list that g leaves? */
static bool may_lead(granule next, granule g, int bin)
{
    return tiny_is_free(next) && tiny_link_at(next)->previous == g &&
           tiny_bin_of(tiny_length(next)) == bin;
}

void tiny_unlink_first(granule g, int bin)
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

static bool leaves(granule g)
{
    granule next = tiny_link_at(g)->next, previous = tiny_link_at(g)->previous;
    if (!tiny_is_free(previous) || tiny_link_at(previous)->next != g)
        return false;
    if (next == g) {
        tiny_link_at(previous)->next = (uint16_t)previous;
        return true;
    }
    if (!tiny_is_free(next) || tiny_link_at(next)->previous != g)
        return false;
    tiny_link_at(previous)->next = (uint16_t)next;
    tiny_link_at(next)->previous = (uint16_t)previous;
    return true;
}

void tiny_unlink_other(granule g)
{
    if (!leaves(g))
        tiny.corrupt = (uint16_t)g;
}
