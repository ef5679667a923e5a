/* SPDX-License-Identifier: MIT */
/* The steps by which a page is cut from the free extents. Lock held. */
#ifndef HAK_PAGE_STEP_H
#define HAK_PAGE_STEP_H

#include "inject.h"
#include "run.h"

/* The last place in x for a page. Before x's start: there is none. */
static inline granule page_last_in(hak_extent x, granule length)
{
    return (x.start + x.length - length) & (0 - length);
}

/* Which of the two it should be, in the first region as it is. */
STEP page_origin page_origin_now(granule length)
{
    /* A guess: what the heads say is not doubted here. */
    granule start = run.first.bins.heads[bins_next(&run.first.bins, bin_of_power(length))];
    hak_extent x = {start, extent_length(&run.first, start)};
    bool fits = x.length >= length && page_last_in(x, length) >= x.start;
    return fits ? PAGE_FROM_HOLE : PAGE_FROM_LONGEST;
}

/* Cut a page, aligned to its length, from the end of x:
 *   | before | page | rest |
 * No extent begins in the page's units but x, perhaps. */
STEP void cut_page(hak_region *r, hak_first x, granule start, granule length)
{
    granule before = start - x.extent.start, behind = start + length;
    granule rest = x.extent.start + x.extent.length - behind;
    bool whole = true;
    if (before != 0) {
        hak_extent left = {x.extent.start, before};
        whole = bins_replace_first(r, x, left);
        extent_note_length(r, left);
    } else {
        whole = bins_remove_first(r, x);
    }
    if (rest != 0) {
        bins_insert(r, (hak_extent){behind, rest});
        extent_set_begin_at_unit(r, unit_of(behind));
        extent_note_length(r, (hak_extent){behind, rest});
    }
    r->maps.units[unit_of(start)].begin = 1;
    set_live_word(&r->maps.units[unit_of(behind) - 1], length);
    run_count_taken(length);
    if (!whole)
        run_note_corrupt(r, x.extent.start);
}

/* From there in one region; 0: it has no room there. */
STEP granule page_take_from(hak_region *r, granule length, page_origin from)
{
    hak_first x = from == PAGE_FROM_LONGEST ? bins_longest(r) : bins_from(r, bin_of_power(length));
    granule start = page_last_in(x.extent, length);
    if (x.extent.length < length || start < x.extent.start)
        return 0;
    cut_page(r, x, start, length);
    return start;
}

/* From the regions behind the first. */
hak_place page_in_later_region(granule length, page_origin from);

/* Take so many granules, a power of two and whole units, for a page, aligned to
 * their number. It is on the map as an extent; the caller gives it a state. */
STEP hak_place page_take(granule length, page_origin from)
{
    if (inject_fails())
        return (hak_place){NULL, {0, 0}};
    granule g = page_take_from(&run.first, length, from);
    if (g != 0)
        return (hak_place){&run.first, {g, length}};
    if (run.arrived[1] == NULL)
        return (hak_place){NULL, {0, 0}};
    return page_in_later_region(length, from);
}

#endif
