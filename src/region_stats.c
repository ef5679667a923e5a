/* SPDX-License-Identifier: MIT */
/* What a region holds. */
#include "cursor.h"

/* A region with tags counts for itself. Lock held. */
static void fill_tagged(hak_region_stats *s, const hak_tagged *t)
{
    s->tags = t->tags;
    s->retired = t->state == TAGGED_RETIRED;
    s->live_blocks = t->blocks;
    s->live_bytes = t->granules << GRANULE_SHIFT;
    s->free_bytes = (t->region.end - t->region.first - t->granules) << GRANULE_SHIFT;
}

static hak_status fill(hak_region_stats *s, const hak_tour *tour)
{
    const hak_region *r = tour->region;
    hak_mask state;
    if (!run_lock(&state))
        return HAK_ERR_STOPPED;
    bool stands = tour_stands(tour);
    if (stands) {
        s->start = (void *)r->start;
        s->bytes = r->limit - r->start;
        s->metadata_bytes = s->bytes - ((size_t)(r->end - r->first) << GRANULE_SHIFT);
        s->largest_free_bytes = (size_t)bins_longest(r).extent.length << GRANULE_SHIFT;
        if (tour->serial != 0)
            fill_tagged(s, tagged_numbered(tour->serial));
    }
    run_unlock(state);
    return stands ? HAK_OK : HAK_ERR_NO_REGION;
}

static void add_page(hak_region_stats *s, const hak_region *r, uint32_t unit)
{
    const hak_class *c = &pools.classes[region_kind(r, unit) - 1];
    hak_word unused =
        pool_free_blocks(region_freed(&r->maps, unit), page_record(r->maps.units, (int32_t)unit));
    size_t live = hak_port_popcount(c->full & ~unused);
    s->live_blocks += live;
    s->live_bytes += live * c->stride;
}

/* The others are looked at item by item. */
static void add_items(hak_region_stats *s, const hak_tour *tour)
{
    const hak_region *r = tour->region;
    for (granule g = tour->first; g < tour->end;) {
        hak_mask state;
        if (!run_lock(&state))
            return;
        hak_item item = cursor_look(r, g);
        size_t bytes = (size_t)item.extent.length << GRANULE_SHIFT;
        if (item.kind == ITEM_PAGE)
            add_page(s, r, unit_of(g));
        else if (item.kind == ITEM_FREE)
            s->free_bytes += bytes;
        else if (item.kind == ITEM_BLOCK && !note_is_cached(r, g)) {
            s->live_blocks++;
            s->live_bytes += bytes;
        }
        run_unlock(state);
        g += item.extent.length;
    }
}

hak_status hak_region_stats_get(unsigned index, hak_region_stats *stats)
{
    hak_tour tour = tour_start();
    hak_port_zero(stats, sizeof *stats);
    for (unsigned i = 0; i <= index; i++)
        if (!tour_goes_on(&tour))
            return run_is_stopped() ? HAK_ERR_STOPPED : HAK_ERR_NO_REGION;
    hak_status status = fill(stats, &tour);
    if (tour.serial == 0)
        add_items(stats, &tour);
    if (run_is_stopped())
        status = HAK_ERR_STOPPED;
    if (status != HAK_OK)
        hak_port_zero(stats, sizeof *stats);
    return status;
}
