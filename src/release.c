/* SPDX-License-Identifier: MIT */
/*
 * Handing free memory to the port, in batches: a cursor goes from item to item
 * through the regions. What was handed over once is flagged, in the length of the
 * free extent; whatever changes the extent writes a new length without the flag.
 *
 * The hook runs with the run lock held: nothing is taken out of the free extents
 * meanwhile, so no call fails for want of what the hook has in hand.
 */
#include "cursor.h"

/* Where the next batch goes on; run lock. */
static struct {
    unsigned region; /* by arrival */
    granule at;      /* the item that is next; 0: the region's first */
    granule done;    /* in the free extent there, granules that were handed over */
} cursor;

enum { LEAST_GRANULES = HAK_RELEASE_LEAST / GRANULE_BYTES };

__attribute__((weak)) void hak_port_release(void *start, size_t bytes)
{
    (void)start;
    (void)bytes;
}

/* An extent has the flag from its first part on. If it has lost it by the next, it has
 * changed, and the next round begins with it anew. */
static bool worth_it(const hak_region *r, hak_item item)
{
    if (item.kind != ITEM_FREE || item.extent.length < LEAST_GRANULES)
        return false;
    bool has_flag = (extent_length_word(r, item.extent.start) & EXTENT_RELEASED) != 0;
    return has_flag == (cursor.done != 0);
}

/* Up to the next multiple of HAK_RELEASE_BYTES: so no unit of the port's is cut in two. */
static granule part_from(const void *start, granule rest)
{
    size_t room = HAK_RELEASE_BYTES - ((uintptr_t)start & (HAK_RELEASE_BYTES - 1));
    granule part = (granule)(room >> GRANULE_SHIFT);
    return part < rest ? part : rest;
}

/* Hand a part of the free extent x over; the bytes. All of it but the first
 * granule, which has the links. */
static size_t hand_over(hak_region *r, hak_extent x)
{
    granule from = cursor.done != 0 ? cursor.done : 1;
    void *start = region_address(r, x.start + from);
    granule part = part_from(start, x.length - from);
    hak_port_release(start, (size_t)part << GRANULE_SHIFT);
    cursor.done = from + part;
    set_live_word(&r->maps.units[unit_of(x.start) + 1], x.length | EXTENT_RELEASED);
    return (size_t)part << GRANULE_SHIFT;
}

/* One step; *items counts down for each item that is done with. */
static size_t step(const hak_region_table *table, size_t *items, unsigned *ends)
{
    hak_region *r = run.arrived[cursor.region < table->count ? cursor.region : 0];
    if (cursor.at == 0)
        cursor.at = r->first;
    hak_item item = cursor_look(r, cursor.at);
    size_t bytes = worth_it(r, item) ? hand_over(r, item.extent) : 0;
    if (bytes != 0 && cursor.done < item.extent.length)
        return bytes;
    cursor.at += item.extent.length;
    cursor.done = 0;
    --*items;
    if (cursor.at >= r->end) {
        cursor.at = 0;
        cursor.region = cursor.region + 1 < table->count ? cursor.region + 1 : 0;
        ++*ends;
    }
    return bytes;
}

size_t hak_release(size_t items)
{
    const hak_region_table *table = run_regions();
    size_t bytes = 0;
    unsigned ends = 0; /* of regions: at the last, everything was looked at */
    while (table->count != 0 && items != 0 && ends <= table->count) {
        hak_mask state;
        if (!run_lock(&state))
            return bytes;
        bytes += step(table, &items, &ends);
        run_unlock(state);
    }
    return bytes;
}
