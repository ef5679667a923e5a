/* SPDX-License-Identifier: MIT */
/* Showing every block to a visitor, who may free it. */
#include "cursor.h"

typedef struct hak_visit {
    hak_visitor visitor;
    void *context;
} hak_visit;

/* The blocks of a page, each looked at just before it is shown. If the page
 * dies meanwhile, none of its blocks was live throughout. */
static int walk_page(const hak_visit *visit, hak_region *r, granule start, unsigned index)
{
    const hak_class *c = &pools.classes[index];
    for (uint32_t offset = 0; offset < c->used_bytes; offset += c->stride) {
        hak_block block = {(char *)region_address(r, start) + offset, c->stride, HAK_BLOCK_LIVE, 1};
        hak_spot spot = {page_of(&r->maps, unit_of(start)), index, ONE << class_index(c, offset)};
        if (!pool_stands(spot))
            return 0;
        int result = pool_is_free(spot) ? 0 : visit->visitor(&block, visit->context);
        if (result != 0)
            return result;
    }
    return 0;
}

static int walk_region(const hak_visit *visit, const hak_tour *tour)
{
    int result = 0;
    hak_region *r = tour->region;
    for (granule g = tour->first; g < tour->end && result == 0;) {
        hak_mask state;
        if (!run_lock(&state))
            return 0;
        if (!tour_stands(tour)) {
            run_unlock(state);
            return 0;
        }
        hak_item item = cursor_look(r, g);
        unsigned kind = region_kind(r, unit_of(g));
        bool cached = item.kind == ITEM_BLOCK && note_is_cached(r, g);
        void *address = region_address(r, g);
        run_unlock(state);
        hak_block block = {address, (size_t)item.extent.length << GRANULE_SHIFT,
                           item.kind == ITEM_FREE ? HAK_BLOCK_FREE
                           : cached               ? HAK_BLOCK_CACHED
                                                  : HAK_BLOCK_LIVE,
                           0};
        if (item.kind == ITEM_PAGE)
            result = walk_page(visit, r, g, kind - 1);
        else if (item.kind != ITEM_NONE)
            result = visit->visitor(&block, visit->context);
        g += item.extent.length;
    }
    return result;
}

int hak_walk(hak_visitor visitor, void *context)
{
    const hak_visit visit = {visitor, context};
    hak_tour tour = tour_start();
    int result = 0;
    while (result == 0 && tour_goes_on(&tour))
        result = walk_region(&visit, &tour);
    return result == 0 && run_is_stopped() ? -1 : result;
}
