/* SPDX-License-Identifier: MIT */
/* malloc and free beyond their fast paths. */
#include "heap.h"

/* Take a block from the run layer. Lock held. */
static void *run_malloc(size_t size, unsigned alignment_log2)
{
    size_t granules = granules_for(size);
    /* The alignment is noted behind the block's first granule. */
    if (alignment_log2 != 0 && granules <= alignment_log2)
        granules = alignment_log2 + 1;
    if (run_too_long(granules))
        return NULL;
    hak_place place = alignment_log2 == 0
                          ? run_take((granule)granules)
                          : run_take_aligned((granule)granules, (granule)1 << alignment_log2);
    if (place.region == NULL)
        return NULL;
    run_block_mark(place, alignment_log2);
    run.mallocs++;
    return region_address(place.region, place.extent.start);
}

/* Everything that a malloc can try in one critical section, in order. */
static void *try_malloc(size_t size, unsigned alignment_log2)
{
    hak_mask state = hak_port_mask();
    unsigned core = heap_core();
    bool pooled = size - 1 < pools.limit_bytes && alignment_log2 == 0 && core < HAK_CORES;
    unsigned index = pooled ? pools.class_of[(size - 1) >> GRANULE_SHIFT] : 0;
    void *block = NULL;

    if (pooled && pools.active[core] != NULL && pool_drain(pool_slot(core, index))) {
        pools.counts[core].drains++;
        block = pool_pop(pool_slot(core, index));
        hak_port_unmask(state);
        return block;
    }
    hak_lock_take(&run.lock);
    if (pooled) {
        if (pools.active[core] == NULL)
            pool_wake(core);
        if (word_get(&pool_slot(core, index)->free) != 0 || pool_refill(core, index))
            block = pool_pop(pool_slot(core, index));
    }
    if (block == NULL)
        block = run_malloc(size, alignment_log2);
    run_unlock(state);
    return block;
}

static void count_failure(void)
{
    hak_mask state = run_lock();
    run.failures++;
    run_unlock(state);
}

void *heap_malloc(size_t size, unsigned alignment_log2, const void *call_site)
{
    if (run_regions() == NULL)
        return NULL;
    if (size > PTRDIFF_MAX) {
        heap_report(HAK_FAULT_SIZE, NULL, call_site);
        return NULL;
    }
    void *block = try_malloc(size, alignment_log2);
    if (block == NULL) {
        pool_recall(heap_core());
        block = try_malloc(size, alignment_log2);
    }
    if (block == NULL)
        count_failure();
    heap_report_corrupt(call_site);
    return block;
}

static hak_fault free_in_run(hak_region *region, void *p)
{
    hak_place block;
    hak_mask state = run_lock();
    hak_fault fault = run_block_at(region, p, &block);
    if (fault == HAK_FAULT_NONE) {
        run_block_free(block);
        run.frees++;
    }
    run_unlock(state);
    return fault;
}

static void count_remote(unsigned core, unsigned index)
{
    if (core < HAK_CORES) {
        pool_count_remote(core, index);
        return;
    }
    hak_lock_take(&run.lock);
    pool_count_remote(core, index);
    hak_lock_drop(&run.lock);
}

/* Into the core's own page if it is one after all (in a region behind the
 * first), else into a page of another core's or nobody's. */
static hak_fault free_in_page(hak_region *region, unsigned index, void *p)
{
    hak_spot spot;
    hak_mask state = hak_port_mask();
    hak_slot *slots = heap_slots();
    hak_fault fault = HAK_FAULT_NONE;
    if (slots == NULL || !pool_push(&slots[index], p)) {
        fault = pool_find(region, index, p, &spot);
        if (fault == HAK_FAULT_NONE)
            fault = pool_free_remote(spot);
        if (fault == HAK_FAULT_NONE)
            count_remote(heap_core(), index);
    }
    hak_port_unmask(state);
    return fault;
}

void heap_free(void *p, const void *call_site)
{
    if (p == NULL)
        return;
    hak_region *region = run_region_of(p);
    hak_fault fault = run_regions() == NULL ? HAK_FAULT_NOT_INIT : HAK_FAULT_FOREIGN;
    if (region != NULL) {
        unsigned kind = region_kind(region, (uint32_t)(((uintptr_t)p - region->base) >> UNIT_SHIFT));
        fault = kind != 0 ? free_in_page(region, kind - 1, p) : free_in_run(region, p);
        heap_report_corrupt(call_site);
    }
    if (fault != HAK_FAULT_NONE)
        heap_report(fault, p, call_site);
}
