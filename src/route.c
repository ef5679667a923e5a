/* SPDX-License-Identifier: MIT */
/* malloc and free beyond their fast paths. */
#include "free_step.h"
#include "heap.h"
#include "refill.h"
#include "sample.h"
#include "seats.h"
#include "tagged.h"

/* The size has a class. After hak_core_idle() the core takes its slots back
 * first. Lock held. */
static void *malloc_small(size_t size, unsigned core)
{
    if (core == HAK_CORES)
        return run_malloc(granules_for(size));
    if (pools.active[core] == 0)
        pool_wake(core);
    unsigned kind = pools.kind_of[(size - 1) >> GRANULE_SHIFT];
    return refill_malloc(heap_slot(pools.active[core], kind), kind, size);
}

/* The heap seems full: recall what is retained, and try once more. */
static void *malloc_after_recall(size_t size, unsigned alignment_log2, const void *call_site)
{
    if (!run_too_long(granules_for(size))) {
        cache_recall();
        pool_recall();
    }
    hak_mask state;
    if (!run_lock(&state))
        return NULL;
    if (run.usable_granules == 0) { /* before hak_init */
        run_unlock(state);
        return NULL;
    }
    void *block;
    pools.recalls++;
    if (alignment_log2 != 0)
        block = run_malloc_aligned(granules_for(size), alignment_log2);
    else if (size - 1 < pools.limit_bytes)
        block = malloc_small(size, heap_core());
    else
        block = run_malloc(granules_for(size));
    run.failures += block == NULL;
    sites_handed_out(block, call_site);
    run_unlock(state);
    if (block == NULL)
        sites_failed(call_site);
    return block;
}

/* A rare end of a malloc: no block, or overwritten links to report. */
static __attribute__((noinline)) void *end_badly(void *block, size_t size, unsigned alignment_log2,
                                                 const void *call_site)
{
    if (block == NULL)
        block = malloc_after_recall(size, alignment_log2, call_site);
    heap_report_corrupt(call_site);
    return block;
}

static inline void *end(void *block, size_t size, unsigned alignment_log2, const void *call_site)
{
    if (block != NULL && word_get(&run.corrupt) == 0)
        return block;
    return end_badly(block, size, alignment_log2, call_site);
}

/* Others freed blocks in the core's page: one of them. */
static __attribute__((noinline)) void *drained(hak_slot *slot, unsigned kind, hak_mask state,
                                               const void *call_site)
{
    pool_drain(slot, kind - 1);
    unsigned core = heap_core();
    hak_word free = word_get(&slot->free);
    void *block = pool_pop(slot, free);
    hak_tag tag = sites_find(call_site);
    bool odd = sites_popped(sites_tags(slot), free, tag, sites_place(tag), slot->stride);
    word_set(&pools.drains[core], word_get(&pools.drains[core]) + 1);
    if (odd)
        return sites_settle(block, sites_place(tag), state);
    hak_port_unmask(state);
    return block;
}

/* The end of a malloc that took the lock, and was dear already or not. */
STEP void *end_locked(void *block, size_t size, bool dear, hak_mask state, const void *call_site)
{
    sample_given(block);
    sites_handed_out(block, call_site);
    bool due = sample_due(dear);
    run_unlock(state);
    if (due)
        sample_step();
    return end(block, size, 0, call_site);
}

void *heap_malloc_without_slot(size_t size, hak_mask state, const void *call_site)
{
    if (!run_lock_masked(state))
        return NULL;
    sample_ask(granules_for(size), call_site);
    return end_locked(malloc_small(size, heap_core()), size, true, state, call_site);
}

void *heap_malloc_leaving(size_t size, hak_slot *slot, unsigned kind, hak_mask state,
                          const void *call_site)
{
    if ((word_get(slot->freed) & pools.classes[kind - 1].full) != 0)
        return drained(slot, kind, state, call_site);
    if (!run_lock_masked(state))
        return NULL;
    sample_ask(granules_for(size), call_site);
    void *block = refill_leaving(slot, kind);
    if (block == NULL)
        block = run_malloc(granules_for(size));
    return end_locked(block, size, true, state, call_site);
}

void *heap_malloc_refilling(size_t size, hak_slot *slot, unsigned kind, hak_mask state,
                            const void *call_site)
{
    if (!run_lock_masked(state))
        return NULL;
    sample_ask(granules_for(size), call_site);
    void *block = refill(slot, kind);
    bool refilled = block != NULL;
    if (!refilled)
        block = run_malloc(granules_for(size));
    return end_locked(block, size, refilled, state, call_site);
}

static __attribute__((noinline)) void *refuse_size(const void *call_site)
{
    heap_report(HAK_FAULT_SIZE, NULL, call_site);
    return NULL;
}

void *heap_malloc_large(size_t size, const void *call_site)
{
    if (size > PTRDIFF_MAX)
        return refuse_size(call_site);
    hak_mask state;
    if (!run_lock(&state))
        return NULL;
    sample_ask(granules_for(size), call_site);
    void *block = run_malloc(granules_for(size));
    sample_given(block);
    sites_handed_out(block, call_site);
    bool due = sample_due(false);
    run_unlock(state);
    if (due)
        sample_step();
    return end(block, size, 0, call_site);
}

void *heap_malloc_noted(size_t size, hak_cache_entry *e, char *part, hak_word tag, hak_mask state,
                        const void *call_site)
{
    size_t less_1 = (size - 1) >> GRANULE_SHIFT;
    unsigned band = cache_band(CACHE, less_1);
    void *block = cache_look_behind(e, part, band, cache_key(less_1, tag));
    if (block != NULL) {
        sites_reused(tag, (less_1 + 1) << GRANULE_SHIFT);
        hak_port_unmask(state);
        return block;
    }
    if (!run_lock_masked(state))
        return NULL;
    block = run_malloc(less_1 + 1);
    if (block != NULL && cache_is_open())
        cache_note(block, part, band, (granule)less_1 + 1, tag);
    sites_handed_out(block, call_site);
    run_unlock(state);
    return end(block, size, 0, call_site);
}

void *heap_malloc_aligned(size_t size, unsigned alignment_log2, const void *call_site)
{
    if (size > PTRDIFF_MAX)
        return refuse_size(call_site);
    hak_mask state;
    if (!run_lock(&state))
        return NULL;
    void *block = run_malloc_aligned(granules_for(size), alignment_log2);
    sites_handed_out(block, call_site);
    run_unlock(state);
    return end(block, size, alignment_log2, call_site);
}

static hak_fault free_in_run(hak_region *region, const void *p, const void *call_site)
{
    if (cache_has_note(region, p))
        return heap_free_noted(region, p, call_site);
    hak_mask state;
    if (!run_lock(&state))
        return HAK_FAULT_NONE;
    hak_tag tag = sites_run_tag(region, p);
    size_t taken = run.taken_granules;
    hak_fault fault = run_free(region, p);
    if (fault == HAK_FAULT_NONE)
        sites_run_freed(region, p, tag, taken - run.taken_granules);
    run_unlock(state);
    return fault;
}

void heap_free_large(void *p, const void *call_site)
{
    hak_mask state;
    if (!run_lock(&state))
        return;
    sample_freed(p);
    hak_tag tag = sites_run_tag(&run.first, p);
    size_t taken = run.taken_granules;
    if (!free_step(&run.first, p)) {
        run_unlock(state);
        heap_free(p, call_site);
        return;
    }
    sites_run_freed(&run.first, p, tag, taken - run.taken_granules);
    run_unlock(state);
    if (word_get(&run.corrupt) != 0)
        heap_report_links(call_site);
}

void heap_settle(const hak_maps *maps, uint32_t unit, unsigned kind, hak_mask state)
{
    if (!run_lock_masked(state))
        return; /* the page stays as it is: nobody's, and out of reach */
    pool_settle(maps, unit, kind);
    run_unlock(state);
}

void heap_list_later(const hak_maps *maps, uint32_t unit, hak_ticket drawn, hak_mask state)
{
    if (run_wait(drawn))
        heap_list_empty(maps, unit, state);
    else
        run_give_up(state);
}

void heap_list_empty(const hak_maps *maps, uint32_t unit, hak_mask state)
{
    pool_list(maps, unit);
    run_unlock(state);
}

/* Count a free in a page that is not the core's own. Lock held. */
static void count_remote(unsigned index)
{
    unsigned core = heap_core();
    if (core < HAK_CORES) {
        hak_atomic *count = &pool_slot(core, index)->remote_frees;
        word_set(count, word_get(count) + 1);
        return;
    }
    pools.coreless_frees[index]++;
}

/* For an idle core, a context without a core, and pointers that seem bad: with
 * the lock held pages stand still, and what seems free is free. */
static __attribute__((noinline)) hak_fault free_in_page(hak_region *region, unsigned index,
                                                        const void *p)
{
    hak_spot spot;
    hak_fault fault = pool_find(region, index, p, &spot);
    if (fault != HAK_FAULT_NONE)
        return fault;
    hak_mask state;
    if (!run_lock(&state))
        return HAK_FAULT_NONE;
    pool_pushed pushed = PUSH_REFUSED;
    hak_tag tag = sites_spot_tag(spot);
    if (pool_stands(spot))
        pushed = pool_push_shared(page_freed(spot.page), page_record_of(spot.page), spot.bit);
    if (pushed != PUSH_REFUSED) {
        count_remote(index);
        sites_freed(tag, sites_charge(pool_slot(0, index)));
    }
    if (pushed == PUSH_FIRST)
        pool_list(&region->maps, page_unit(spot.page));
    else if (pushed == PUSH_LAST)
        pool_settle(&region->maps, page_unit(spot.page), index + 1);
    run_unlock(state);
    return pushed == PUSH_REFUSED ? HAK_FAULT_DOUBLE_FREE : HAK_FAULT_NONE;
}

/* In a region behind the first: what hak_free does in the first. */
static bool free_in_later_region(hak_region *region, unsigned kind, void *p)
{
    hak_mask state = hak_port_mask();
    uintptr_t slots = heap_slots();
    if (slots != 0 && heap_free_in_page(&region->maps, heap_slot(slots, kind), kind, p,
                                        (uintptr_t)p - region->maps.base, state))
        return true;
    hak_port_unmask(state);
    return false;
}

static hak_fault free_anywhere(hak_region *region, void *p, const void *call_site)
{
    unsigned kind = region_kind_at(&region->maps, p);
    if (kind == 0)
        return free_in_run(region, p, call_site);
    if (region != &run.first && free_in_later_region(region, kind, p))
        return HAK_FAULT_NONE;
    return free_in_page(region, kind - 1, p);
}

void heap_free(void *p, const void *call_site)
{
    if (p == NULL) {
        heap_return_early(p);
        return;
    }
    hak_region *region = run_region_of(p);
    hak_fault fault = region != NULL     ? free_anywhere(region, p, call_site)
                      : run_is_started() ? HAK_FAULT_FOREIGN
                                         : HAK_FAULT_NOT_INIT;
    if (fault == HAK_FAULT_FOREIGN && tagged_free != NULL)
        fault = tagged_free(p);
    heap_report_corrupt(call_site);
    if (fault != HAK_FAULT_NONE)
        heap_report(fault, p, call_site);
}
