/* SPDX-License-Identifier: MIT */
#include "cursor.h"

hak_item cursor_look(const hak_region *r, granule g)
{
    uint32_t u = unit_of(g);
    unsigned kind = region_kind(r, u);
    if (kind != 0) {
        uint32_t units = pools.classes[kind - 1].units, first = u & ~(units - 1);
        granule behind = (first + units) << UNIT_GRANULES_SHIFT;
        bool at_start = g == first << UNIT_GRANULES_SHIFT;
        return (hak_item){at_start ? ITEM_PAGE : ITEM_NONE, {g, behind - g}};
    }
    if (extent_begins(r, g))
        return (hak_item){extent_is_free(r, g) ? ITEM_FREE : ITEM_BLOCK, {g, extent_length(r, g)}};
    hak_word rest = begin_bits(r, u) >> bit_of(g);
    granule skip = rest != 0 ? hak_port_ctz(rest) : UNIT_GRANULES - bit_of(g);
    return (hak_item){ITEM_NONE, {g, skip}};
}

bool tour_goes_on(hak_tour *tour)
{
    hak_region *r = NULL;
    hak_mask state;
    if (!run_lock(&state))
        return false;
    if (tour->next < tour->table->count) {
        r = tour->table->region[tour->next++];
    } else {
        hak_tagged *t = tagged_after(tour->serial);
        if (t != NULL) {
            tour->serial = t->serial;
            r = &t->region;
        }
    }
    if (r != NULL) {
        tour->region = r;
        tour->first = r->first;
        tour->end = r->end;
    }
    run_unlock(state);
    return r != NULL;
}

/* Not inline: it would cost the others the registers that it takes. */
bool tour_finds_tagged(const hak_tour *tour) { return tagged_numbered(tour->serial) != NULL; }
