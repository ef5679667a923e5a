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
    __atomic_store_n(&maps->units[unit].live, page_owned_by((size_t)(slot - pools.slots)),
                     __ATOMIC_RELEASE);
}

/* The slot's page has no free block, so it belongs to nobody now. true: some
 * came in at the last moment, and the page is the slot's again. */
static inline bool leave_exhausted(hak_slot *slot, const hak_class *c, unsigned index)
{
    hak_word *state = &page_words(slot->page)->live;
    __atomic_store_n(state, PAGE_FULL, __ATOMIC_RELEASE);
    /* A read-modify-write, so that a free either is seen here or sees FULL. */
    if ((atomic_fetch_or_explicit(slot->freed, 0, memory_order_acq_rel) & c->full) == 0)
        return false;
    __atomic_store_n(state, page_owned_by((size_t)(slot - pools.slots)), __ATOMIC_RELEASE);
    return pool_drain(slot, index);
}

/* Is there a page to adopt: one that is listed, or an idle core's? */
static inline bool may_adopt(const hak_class_state *state)
{
    return state->listed.first.id != 0 || (state->owners & pools.idle) != 0;
}

/* Adopt such a page: a listed one, or else an idle core's if it has free blocks. */
static inline bool adopt_listed(hak_slot *slot, hak_class_state *state, const hak_class *c)
{
    hak_page page = state->listed.first;
    if (page.id == 0) {
        pool_disown(hak_port_ctz(state->owners & pools.idle), (unsigned)(state - pools.states));
        page = state->listed.first;
        if (page.id == 0)
            return false;
    }
    page_list_remove_first(&state->listed);
    hak_maps *maps = page_maps(page);
    uint32_t unit = page_unit(page);
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
        found = may_adopt(state) && adopt_listed(slot, state, c);
        if (!found)
            pool_vacate(slot, core, state);
        return found;
    }
    found = (may_adopt(state) && adopt_listed(slot, state, c)) || adopt_new(slot, state, c, kind);
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
