/* SPDX-License-Identifier: MIT */
/* A core's page of a class is exhausted: where the next block comes from. All
 * with the run lock held. */
#include "pool.h"

/* Make a page the slot's current one. Its `free` is 0 here; it must be true of
 * this page before the state says that the page is the slot's. */
STEP void adopt(hak_slot *slot, const hak_class *c, const hak_maps *maps, uint32_t unit,
                hak_word free, hak_word taken)
{
    size_t number = (size_t)(slot - pools.slots);
    slot->base = maps->base + ((uintptr_t)unit << UNIT_SHIFT);
    slot->used_bytes = c->used_bytes;
    slot->page = page_of(maps, unit);
    slot->freed = &maps->freed[unit];
    MARKS_ADOPT(slot, c, maps, unit);
    slot->trigger = c->full;
    atomic_store_explicit(&slot->free, free, memory_order_release);
    page_set_state_at(page_record(maps->units, (int32_t)unit), page_owned_by(number));
    word_set(&pools.taken[number], word_get(&pools.taken[number]) + taken);
}

/* Adopt a listed page; a block of it. */
STEP void *adopt_listed(hak_slot *slot, const hak_class *c, hak_listed page)
{
    page_list_remove(page.maps->units, page.unit);
    /* acquire: what the blocks' last holders wrote came before */
    hak_word blocks =
        atomic_load_explicit(&page.maps->freed[page.unit], memory_order_acquire) & c->full;
    adopt(slot, c, page.maps, page.unit, blocks, hak_port_popcount(blocks));
    atomic_fetch_and_explicit(slot->freed, ~blocks, memory_order_acq_rel);
    pools.adoptions++;
    return pool_pop(slot, blocks);
}

/* A block of an idle core's page, which is made available first; NULL: it has none. */
static __attribute__((noinline)) void *adopt_from_idle(hak_slot *slot, unsigned core, unsigned kind)
{
    hak_class_state *state = &pools.states[kind - 1];
    pool_disown(hak_port_ctz(state->owners & pools.idle), kind - 1);
    hak_listed page = pool_listed(kind);
    if (page.maps == NULL)
        return NULL;
    state->owners |= (uint64_t)1 << core;
    return adopt_listed(slot, &pools.classes[kind - 1], page);
}

/* The first block of a new page: while the policy's share of the heap is free, a
 * fifth without one, and once the class has shown its demand. NULL: no page. */
STEP void *adopt_new(hak_slot *slot, unsigned core, unsigned kind, hak_class_state *state,
                     const hak_class *c)
{
    uint32_t demand = state->demand + 1;
    state->demand = demand;
    if (demand < c->patience ||
        run.usable_granules - run.taken_granules < run.usable_granules * c->reserve >> 16)
        return NULL;
    granule length = (granule)c->units << UNIT_GRANULES_SHIFT;
    hak_place place = run_take_page(length);
    if (place.region == NULL)
        return NULL;
    const hak_maps *maps = &place.region->maps;
    uint32_t unit = unit_of(place.extent.start);
    state->demand = 0;
    state->owners |= (uint64_t)1 << core;
    pools.page_granules += length;
    pools.births++;
    word_set(&maps->freed[unit], ~c->full);
    adopt(slot, c, maps, unit, c->full & ~ONE, c->blocks);
    page_set_kinds(maps, unit, c->units, kind);
    word_set(&slot->mallocs, word_get(&slot->mallocs) + 1);
    return (void *)slot->base;
}

/* The slot's page has no free block, so it belongs to nobody now; the next block. */
static __attribute__((noinline)) void *leave_exhausted(hak_slot *slot, unsigned core, unsigned kind,
                                                       size_t size)
{
    hak_class_state *state = &pools.states[kind - 1];
    const hak_class *c = &pools.classes[kind - 1];
    if (!pool_forget(slot->freed, c->full)) { /* some came in at the last moment */
        pool_drain(slot, kind - 1);
        return pool_pop(slot, word_get(&slot->free));
    }
    page_set_full(page_maps(slot->page), page_unit(slot->page), kind);
    pool_forget_retained(core, kind - 1);
    hak_listed page = pool_listed(kind);
    if (page.maps != NULL)
        return adopt_listed(slot, c, page);
    pool_vacate(slot, core, state);
    void *block = NULL;
    if ((state->owners & pools.idle) != 0)
        block = adopt_from_idle(slot, core, kind);
    return block != NULL ? block : run_malloc(granules_for(size));
}

/*
 * In one call either a page is left, or a new one is made, so that no call pays
 * for both: between the two the run layer serves one block.
 */
void *pool_malloc(hak_slot *slot, unsigned core, unsigned kind, size_t size)
{
    hak_word free = word_get(&slot->free);
    if (free != 0)
        return pool_pop(slot, free);
    if (slot->used_bytes != 0)
        return leave_exhausted(slot, core, kind, size);
    hak_class_state *state = &pools.states[kind - 1];
    const hak_class *c = &pools.classes[kind - 1];
    hak_listed page = pool_listed(kind);
    void *block = NULL;
    if (page.maps != NULL) {
        state->owners |= (uint64_t)1 << core;
        return adopt_listed(slot, c, page);
    }
    if ((state->owners & pools.idle) != 0)
        block = adopt_from_idle(slot, core, kind);
    if (block == NULL)
        block = adopt_new(slot, core, kind, state, c);
    return block != NULL ? block : run_malloc(granules_for(size));
}
