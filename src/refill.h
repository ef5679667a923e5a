/* SPDX-License-Identifier: MIT */
/*
 * Where the next block of a class comes from once the core's page has none. In one
 * call either a page is left, or a new one is made, so that no call pays for both:
 * between the two the run layer serves one block. All with the run lock held, by
 * the core whose slot it is.
 */
#ifndef HAK_REFILL_H
#define HAK_REFILL_H

#include "page_step.h"
#include "pool.h"

/* Make a page the slot's current one. Its `free` is 0 here; it must be true of
 * this page before the state says that the page is the slot's. */
STEP void adopt(hak_slot *slot, const hak_class *c, const hak_maps *maps, uint32_t unit,
                hak_word free, hak_word taken)
{
    size_t offset = (size_t)((char *)slot - (char *)pools.slots);
    size_t number = (size_t)(slot - pools.slots);
    slot->base = maps->base + ((uintptr_t)unit << UNIT_SHIFT);
    slot->used_bytes = c->used_bytes;
    slot->page = page_of(maps, unit);
    slot->freed = region_freed(maps, unit);
    MARKS_ADOPT(slot, c, maps, unit);
    slot->trigger = c->full;
    atomic_store_explicit(&slot->free, free, memory_order_release);
    page_set_state_at(page_record(maps->units, (int32_t)unit), page_owned_by((uint32_t)offset));
    word_set(&pools.taken[number], word_get(&pools.taken[number]) + taken);
}

/* Adopt a listed page; a block of it. */
STEP void *adopt_listed(hak_slot *slot, const hak_class *c, hak_listed page)
{
    page_list_remove(page.maps->units, page.unit);
    /* acquire: what the blocks' last holders wrote came before */
    hak_word blocks =
        atomic_load_explicit(region_freed(page.maps, page.unit), memory_order_acquire) & c->full;
    adopt(slot, c, page.maps, page.unit, blocks, hak_port_popcount(blocks));
    hak_port_fetch_and(slot->freed, ~blocks, memory_order_acq_rel);
    pools.adoptions++;
    return pool_pop(slot, blocks);
}

/* Adopt a page of another region, or an idle core's, which is made available first; a
 * block of it. NULL: there is none. */
void *refill_from_elsewhere(hak_slot *slot, unsigned kind);

/* So many 1/65536 of the heap. */
static inline size_t reserve_granules(uint32_t parts)
{
    return WORD_BITS == 64 ? run.usable_granules * parts >> 16
                           : hak_port_high((uint32_t)run.usable_granules, parts << 16);
}

/* Should the next request get a new page, and from where? Once the class has shown its
 * demand, and while the policy's share of the heap is free, a quarter without one. */
STEP void foresee(hak_class_state *state, const hak_class *c, granule length)
{
    uint32_t demand = ++state->demand;
    if (demand + 1 >= c->patience &&
        run.usable_granules - run.taken_granules >= reserve_granules(c->reserve))
        state->origin = page_origin_now(length);
}

/*
 * The first block of a new page, from where the request before has seen a place. If it
 * is gone, the next one looks at the other place. NULL: no page in this call.
 */
STEP void *adopt_new(hak_slot *slot, unsigned kind, hak_class_state *state, const hak_class *c)
{
    granule length = (granule)c->units << UNIT_GRANULES_SHIFT;
    if (state->origin == PAGE_NOT_YET) {
        foresee(state, c, length);
        /* A policy may want pages at once; only then a call pays for both. */
        if (c->patience != 0 || state->origin == PAGE_NOT_YET)
            return NULL;
    }
    hak_place place = page_take(length, state->origin);
    if (place.region == NULL) {
        state->origin ^= PAGE_FROM_HOLE ^ PAGE_FROM_LONGEST;
        return NULL;
    }
    state->origin = PAGE_NOT_YET;
    const hak_maps *maps = &place.region->maps;
    uint32_t unit = unit_of(place.extent.start);
    state->demand = 0;
    state->owners |= core_bit(this_core());
    pools.page_granules += length; /* these two in one load and one store */
    pools.births++;
    hak_word full = c->full;
    word_set(region_freed(maps, unit), ~full);
    adopt(slot, c, maps, unit, full & ~ONE, c->blocks);
    page_set_kinds(maps, unit, c->units, kind);
    word_set(&slot->mallocs, word_get(&slot->mallocs) + 1);
    return region_address(place.region, place.extent.start);
}

/* The slot has no page: a block of a listed one or an idle core's, which is the slot's
 * from now on. NULL: there is none. */
STEP void *adopt_any(hak_slot *slot, unsigned kind, hak_class_state *state, const hak_class *c)
{
    hak_listed page = pool_listed_there(state);
    if (page.maps != NULL) {
        state->owners |= core_bit(this_core());
        return adopt_listed(slot, c, page);
    }
    return pools.elsewhere ? refill_from_elsewhere(slot, kind) : NULL;
}

/* The same, or a new one's. */
STEP void *refill(hak_slot *slot, unsigned kind)
{
    hak_class_state *state = &pools.states[kind - 1];
    const hak_class *c = &pools.classes[kind - 1];
    void *block = adopt_any(slot, kind, state, c);
    return block != NULL ? block : adopt_new(slot, kind, state, c);
}

/* The slot's page has no free block, so it belongs to nobody now: a block of a listed
 * page, or an idle core's. NULL: there is none. */
STEP void *refill_leaving(hak_slot *slot, unsigned kind)
{
    unsigned core = this_core();
    hak_class_state *state = &pools.states[kind - 1];
    const hak_class *c = &pools.classes[kind - 1];
    if (!pool_forget(slot->freed, c->full)) { /* some came in at the last moment */
        pool_drain(slot, kind - 1);
        return pool_pop(slot, word_get(&slot->free));
    }
    page_set_full(page_maps(slot->page), page_unit(slot->page), kind);
    pool_forget_retained(core, kind - 1);
    hak_listed page = pool_listed_there(state);
    if (page.maps != NULL)
        return adopt_listed(slot, c, page);
    pool_vacate(slot, core, state);
    return pools.elsewhere ? refill_from_elsewhere(slot, kind) : NULL;
}

/* For a call that is not in a hurry, whose slot may have a page: a block of that page,
 * or a listed one, or the run layer; NULL: there is none. Makes no page. */
void *refill_malloc(hak_slot *slot, unsigned kind, size_t size);

#endif
