/* SPDX-License-Identifier: MIT */
/* Taking over memory: hak_init and hak_add_region. */
#include "heap.h"
#include "tagged.h"

static unsigned reserved;   /* regions that have an index; run lock */
static hak_page_plan pages; /* as hak_init chose it */

static inline bool overlaps(const hak_carving *range, const hak_region *r)
{
    return range->start < r->limit && r->start < range->end;
}

bool heap_overlaps(const hak_carving *range)
{
    for (unsigned i = 0; i < reserved; i++)
        if (overlaps(range, run.arrived[i]))
            return true;
    for (const hak_tagged *t = run.tagged; t != NULL; t = t->next)
        if (overlaps(range, &t->region))
            return true;
    return false;
}

/* Publish a table that has one region more. Lock held. */
static void publish(hak_region *r, hak_region_table *table)
{
    const hak_region_table *old = run_regions();
    unsigned count = old->count, i = 0;
    for (; i < count && old->region[i]->start < r->start; i++)
        table->region[i] = old->region[i];
    table->region[i] = r;
    for (; i < count; i++)
        table->region[i + 1] = old->region[i];
    table->count = count + 1;
    for (i = 0; i < 8; i++)
        table->start[i] = i < table->count ? table->region[i]->start : UINTPTR_MAX;
    run.usable_granules += r->end - r->first;
    run.handed_over_bytes += r->limit - r->start;
    pool_look_elsewhere();
    atomic_store_explicit(&run.regions, table, memory_order_release);
}

hak_status hak_init(void *heap_start, size_t heap_size)
{
    hak_carving range;
    if (run_is_started())
        return HAK_ERR_TWICE;
    hak_status status = region_trim(heap_start, heap_size, &range);
    if (status != HAK_OK)
        return status;
    hak_class_plan plan = classes_plan(range.end - range.start, pool_class_bytes());
    pages = (hak_page_plan){plan.largest_page_bytes, plan.count};
    hak_region_table *table = region_carve(&range, sizeof *table, sizeof(hak_word));
    pool_carve(plan, &range);
    if (plan.count != 0)
        cache_carve(&pools.cache, &range);
    hak_atomic *notes = cache_carve_notes(&pools.cache, &range, pages.largest_bytes);
    run.first.maps.index = 0;
    run.first.start = range.start;
    run.first.limit = range.end;
    run.arrived[0] = &run.first;
    reserved = 1;
    region_make(&run.first, &range, pages);
    page_lists_make(&run.first.maps, pages.classes);
    cache_open(&pools.cache, &run.first, notes);
    pool_start(&run.first);
    sites_start();
    /* At once: until then a handler's malloc finds nothing. */
    hak_mask state = hak_port_mask();
    region_open(&run.first);
    publish(&run.first, table);
    pool_open(&run.first, plan);
    hak_port_unmask(state);
    return HAK_OK;
}

/* Give the range an index, so that nobody else can claim it. */
static hak_status reserve(hak_region *r, const hak_carving *range)
{
    hak_status status = HAK_OK;
    hak_mask state;
    if (!run_lock(&state))
        return HAK_ERR_STOPPED;
    if (heap_overlaps(range))
        status = HAK_ERR_OVERLAP;
    else if (reserved == HAK_REGIONS)
        status = HAK_ERR_REGIONS;
    else {
        r->maps.index = reserved;
        r->start = range->start;
        r->limit = range->end;
        run.arrived[reserved++] = r;
    }
    run_unlock(state);
    return status;
}

hak_status hak_add_region(void *start, size_t size)
{
    hak_carving range;
    if (!run_is_started())
        return HAK_ERR_NOT_INIT;
    hak_status status = region_trim(start, size, &range);
    if (status != HAK_OK)
        return status;
    hak_region *r = region_carve(&range, sizeof *r, sizeof(hak_word));
    hak_region_table *table = region_carve(&range, sizeof *table, sizeof(hak_word));
    hak_atomic *notes = cache_carve_notes(&pools.cache, &range, pages.largest_bytes);
    if (!region_fits(range, pages))
        return HAK_ERR_TOO_SMALL;
    status = reserve(r, &range);
    if (status != HAK_OK)
        return status;
    region_make(r, &range, pages);
    page_lists_make(&r->maps, pages.classes);
    cache_open(&pools.cache, r, notes);
    hak_mask state;
    if (!run_lock(&state))
        return HAK_ERR_STOPPED;
    region_open(r);
    publish(r, table);
    run_unlock(state);
    return HAK_OK;
}
