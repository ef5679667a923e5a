/* SPDX-License-Identifier: MIT */
/* A core's page of a class is exhausted: where the next block comes from. All
 * with the run lock held. */
#include "pool.h"

/* Make a page the slot's current one. Its `free` is 0 here; it must be true of
 * this page before the state says that the page is the slot's. */
static inline void adopt(hak_slot *slot, const hak_class *c, hak_maps *maps, uint32_t unit,
                         hak_word free)
{
    slot->base = maps->base + ((uintptr_t)unit << UNIT_SHIFT);
    slot->used_bytes = c->used_bytes;
    slot->page = page_of(maps, unit);
    slot->freed = &maps->freed[unit];
    MARKS_ADOPT(slot, c, maps, unit);
    slot->trigger = c->full;
    atomic_store_explicit(&slot->free, free, memory_order_release);
    page_set_state_at(page_record(maps->units, (int32_t)unit),
                      page_owned_by((size_t)(slot - pools.slots)));
}

/* The slot's page has no free block, so it belongs to nobody now. true: some
 * came in at the last moment, and the page is still the slot's. */
static inline bool leave_exhausted(hak_slot *slot, const hak_class *c, unsigned index)
{
    if (!pool_forget(slot->freed, c->full))
        return pool_drain(slot, index);
    page_set_full(page_maps(slot->page), page_unit(slot->page), index + 1);
    return false;
}

/* Is there a page to adopt: one that is listed, or an idle core's? */
static inline bool may_adopt(const hak_class_state *state, unsigned kind)
{
    return pool_listed(kind).id != 0 || (state->owners & pools.idle) != 0;
}

/* Adopt such a page: a listed one, or else an idle core's if it has free blocks. */
static inline bool adopt_listed(hak_slot *slot, hak_class_state *state, const hak_class *c,
                                unsigned kind)
{
    hak_page page = pool_listed(kind);
    if (page.id == 0) {
        pool_disown(hak_port_ctz(state->owners & pools.idle), kind - 1);
        page = pool_listed(kind);
        if (page.id == 0)
            return false;
    }
    hak_maps *maps = page_maps(page);
    uint32_t unit = page_unit(page);
    page_list_remove(maps->units, unit);
    /* acquire: what the blocks' last holders wrote came before */
    hak_word blocks = atomic_load_explicit(&maps->freed[unit], memory_order_acquire) & c->full;
    adopt(slot, c, maps, unit, blocks);
    atomic_fetch_and_explicit(slot->freed, ~blocks, memory_order_acq_rel);
    pool_count_taken(slot, hak_port_popcount(blocks));
    pools.adoptions++;
    return true;
}

/* A new page: while the policy's share of the heap is free, a fifth without one,
 * and once the class has shown its demand. */
static inline bool adopt_new(hak_slot *slot, hak_class_state *state, const hak_class *c,
                             unsigned kind)
{
    if (++state->demand < c->patience ||
        run.usable_granules - run.taken_granules < run.usable_granules * c->reserve >> 16)
        return false;
    granule length = (granule)c->units << UNIT_GRANULES_SHIFT;
    hak_place place = run_take_page(length);
    if (place.region == NULL)
        return false;
    hak_maps *maps = &place.region->maps;
    uint32_t unit = unit_of(place.extent.start);
    state->demand = 0;
    pools.page_granules += length;
    pools.births++;
    word_set(&maps->freed[unit], ~c->full);
    adopt(slot, c, maps, unit, c->full);
    page_set_kinds(maps, unit, c->units, (uint8_t)kind);
    pool_count_taken(slot, c->blocks);
    return true;
}

/*
 * In one call either a page is left, or a new one is made, so that no call pays
 * for both: between the two the run layer serves one block.
 */
static inline bool refill(hak_slot *slot, unsigned core, unsigned kind)
{
    hak_class_state *state = &pools.states[kind - 1];
    const hak_class *c = &pools.classes[kind - 1];
    bool found;
    if (slot->used_bytes != 0) {
        if (leave_exhausted(slot, c, kind - 1))
            return true;
        pool_forget_retained(core, kind - 1);
        found = may_adopt(state, kind) && adopt_listed(slot, state, c, kind);
        if (!found)
            pool_vacate(slot, core, state);
        return found;
    }
    found = (may_adopt(state, kind) && adopt_listed(slot, state, c, kind)) ||
            adopt_new(slot, state, c, kind);
    if (found)
        state->owners |= (uint64_t)1 << core;
    return found;
}

void *pool_malloc(hak_slot *slot, unsigned core, unsigned kind, size_t size)
{
    hak_word free = word_get(&slot->free);
    if (free == 0) {
        if (!refill(slot, core, kind))
            return run_malloc(granules_for(size));
        free = word_get(&slot->free);
    }
    return pool_pop(slot, free);
}
