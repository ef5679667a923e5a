/* SPDX-License-Identifier: MIT */
#include "tiny_check_sum.h"
#include "tiny_cursor.h"

static bool links_hold(granule g, int bin)
{
    tiny_link link = *tiny_link_at(g);
    if (link.next != g && (!tiny_is_free(link.next) || tiny_link_at(link.next)->previous != g))
        return false;
    if (link.previous == 0)
        return *tiny_head(bin) == g;
    return tiny_is_free(link.previous) && tiny_link_at(link.previous)->next == g;
}

static complaint check_item(tiny_item item)
{
    granule g = item.start, behind = g + item.length;
    if (item.length == 0 || item.length > tiny.end - g)
        return "an extent ends inside its region";
    if ((intptr_t)(tiny_unit_of(behind)->begin << tiny_bit_of(behind)) >= 0)
        return "where an extent ends, another begins";
    if (tiny_before(behind) != g)
        return "an extent is as long from either end";
    if (item.kind == TINY_HELD)
        return NULL;
    if (tiny_is_free(behind))
        return "two free extents never touch";
    return links_hold(g, tiny_bin_of(item.length)) ? NULL : "a free extent is linked in its bin";
}

static complaint check_bin(int bin)
{
    granule g = *tiny_head(bin), b = (granule)bin;
    bool marked = (intptr_t)(tiny_unit_of(b)->begin << tiny_bit_of(b)) < 0;
    if (marked != (g != 0))
        return "a bin's bit says whether it has a list";
    if (g != 0 && (!tiny_is_free(g) || tiny_bin_of(tiny_length(g)) != bin))
        return "a list begins with a free extent of its bin";
    return NULL;
}

/* Each extent. *adds_up: the free ones do, or interrupts took or gave meanwhile. */
static complaint check_extents(bool *adds_up)
{
    complaint broken = NULL;
    size_t sum = 0, free = tiny.free;
    bool quiet = true;
    for (granule g = tiny_first(tiny.end); g < tiny.end && broken == NULL;) {
        hak_mask state = hak_port_mask();
        tiny_item item = tiny_look_at(g);
        quiet = quiet && tiny.free == free;
        if (item.kind != TINY_NOTHING)
            broken = check_item(item);
        hak_port_unmask(state);
        if (item.kind == TINY_FREE_EXTENT)
            sum += item.length;
        g += item.length != 0 ? item.length : 1;
    }
    *adds_up = sum == free || !quiet || tiny.free != free;
    return broken;
}

const char *hak_check(void)
{
    complaint broken = NULL;
    if (tiny.end == 0)
        return NULL;
    for (int bin = -HAK_TINY_BINS; bin < 0 && broken == NULL; bin++) {
        hak_mask state = hak_port_mask();
        broken = check_bin(bin);
        hak_port_unmask(state);
    }
    return broken != NULL ? broken : check_sum();
}
