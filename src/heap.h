/* SPDX-License-Identifier: MIT */
/* What the public calls share: finding blocks, reporting faults. */
#ifndef HAK_HEAP_H
#define HAK_HEAP_H

#include "sites.h"

/* A live block, wherever it lies. */
typedef struct hak_found {
    bool in_page;
    hak_spot spot;   /* in_page */
    hak_place place; /* otherwise, as it was when it was found */
} hak_found;

/* Does a region have part of the range? Lock held. */
bool heap_overlaps(const hak_carving *range);

/* Find the live block that begins at p, or say what is wrong with p. */
hak_fault heap_find(const void *p, hak_found *found);

/* Count a fault and hand it to the hook. No lock, no mask held. HAK_FAULT_STOPPED is why a
 * call ended, and no fault of it: run_wait has reported it. */
void heap_report(hak_fault kind, const void *p, const void *call_site);

/* Report overwritten links that the run layer came upon, if there were any. */
void heap_report_links(const void *call_site);
static inline void heap_report_corrupt(const void *call_site)
{
    if (word_get(&run.corrupt) != 0)
        heap_report_links(call_site);
}

/* pool_settle: takes the lock, and restores the interrupt mask's state. */
void heap_settle(const hak_maps *maps, uint32_t unit, unsigned kind, hak_mask state);

/* pool_list, lock held: drops it, and restores the interrupt mask's state. */
void heap_list_empty(const hak_maps *maps, uint32_t unit, hak_mask state);

/* The same when it is the ticket's turn. */
void heap_list_later(const hak_maps *maps, uint32_t unit, hak_ticket drawn, hak_mask state);

/* Faults reported so far. */
size_t heap_faults(void);

/* Count a call that returned before it came to any stage, and return p; so far. */
void *heap_return_early(void *p);
size_t heap_early_returns(void);

/* malloc of a size that has a class, for a core without slots, or one that was idle.
 * Interrupts masked; restores the mask's state. */
void *heap_malloc_without_slot(size_t size, hak_mask state, const void *call_site);

/* The same when the core's page has no free block; and when the slot has no page. */
void *heap_malloc_leaving(size_t size, hak_slot *slot, unsigned kind, hak_mask state,
                          const void *call_site);
void *heap_malloc_refilling(size_t size, hak_slot *slot, unsigned kind, hak_mask state,
                            const void *call_site);

/* malloc of any other size, and with an alignment of so many granules, not 1. */
void *heap_malloc_large(size_t size, const void *call_site);
void *heap_malloc_aligned(size_t size, unsigned alignment_log2, const void *call_site);

/* malloc of a size that the cache has a class for, but no block in e, this core's entry
 * for the site with the tag; part is the core's. Interrupts masked; restores the mask's
 * state. */
void *heap_malloc_noted(size_t size, hak_cache_entry *e, char *part, hak_word tag, hak_mask state,
                        const void *call_site);

/* free of a block of the run layer in the first region. */
void heap_free_large(void *p, const void *call_site);

/* free of a block that has a note, `held`: e is this core's entry for it, which has no
 * room, and part the core's (NULL, NULL: it has none). Interrupts masked; restores the
 * mask's state. */
void heap_free_displacing(const void *p, hak_atomic *note, hak_word held, granule length,
                          hak_cache_entry *e, char *part, hak_mask state, const void *call_site);

/* free of a block that has a note, in any region. HAK_FAULT_DOUBLE_FREE: it is cached. */
hak_fault heap_free_noted(hak_region *r, const void *p, const void *call_site);

/* hak_free, for a public call that has a call site of its own. */
void heap_free_at(void *p, const void *call_site);

/* free of anything; says what is wrong with p. */
void heap_free(void *p, const void *call_site);

/* This core's number; HAK_CORES if it has none. */
static inline unsigned heap_core(void)
{
    unsigned core = this_core();
    return core < HAK_CORES ? core : HAK_CORES;
}

/* Where the core's slots are, less one; 0 if it is idle or has none. Interrupts
 * masked. */
static inline uintptr_t heap_slots(void)
{
    unsigned core = this_core();
    return core < HAK_CORES ? pools.active[core] : 0;
}
static inline hak_slot *heap_slot(uintptr_t slots, unsigned kind)
{
    return (hak_slot *)marks_slot(slots, kind);
}

/* malloc of a size that has no class in the pools. */
STEP void *heap_malloc_big(size_t size, const void *call_site, hak_tag tag,
                           hak_place_of_site *place)
{
    const hak_cache *c = &pools.cache;
    size_t less_1 = (size - 1) >> GRANULE_SHIFT;
    unsigned band = cache_band(c, less_1);
    if (band >= CACHE_BANDS)
        return heap_malloc_large(size, SITES_LATE(call_site));
    hak_word key = SITES_CACHE_TAG(tag, call_site);
    hak_mask state = hak_port_mask();
    unsigned core = this_core();
    if (core >= HAK_CORES) {
        hak_port_unmask(state);
        return heap_malloc_large(size, SITES_LATE(call_site));
    }
    char *part = cache_part(c, core);
    hak_cache_entry *e = cache_entry(c, part, band, key);
    void *kept = cache_malloc(e, part, band, cache_key(less_1, key));
    if (kept != NULL)
        return sites_hit(kept, place, less_1, state);
    return heap_malloc_noted(size, e, part, key, state, SITES_LATE(call_site));
}

/* malloc of a size that has a class, for a site whose tag is known. */
STEP void *heap_malloc_pooled(size_t size, const void *call_site, hak_tag tag,
                              hak_place_of_site *place)
{
    unsigned kind = pools.kind_of[(size - 1) >> GRANULE_SHIFT];
    hak_mask state = hak_port_mask();
    uintptr_t slots = heap_slots();
    hak_slot *slot = heap_slot(slots, kind);
    if (slots == 0)
        return heap_malloc_without_slot(size, state, SITES_LATE(call_site));
    hak_word free = word_get(&slot->free);
    if (free == 0)
        return slot->used_bytes != 0
                   ? heap_malloc_leaving(size, slot, kind, state, SITES_LATE(call_site))
                   : heap_malloc_refilling(size, slot, kind, state, SITES_LATE(call_site));
    uint8_t *tags = sites_tags(slot);
    size_t stride = slot->stride;
    void *block = pool_pop(slot, free);
    if (sites_popped(tags, free, tag, place, stride))
        return sites_settle(block, place, state);
    hak_port_unmask(state);
    return block;
}

/* The way round for what the fast path is not for (src/sites/tagged). */
void *heap_malloc_detour(size_t size, const void *call_site);

/* malloc: the fast path, and the ways on. call_site NULL: read it there, in a
 * public function that has called nothing yet. */
STEP void *heap_malloc(size_t size, const void *call_site)
{
    const void *site = SITES_EARLY(call_site);
    hak_tag tag = sites_guess(site);
    hak_place_of_site *place = sites_place(tag);
    /* One branch for both. */
    bool known = sites_knows(place, site);
    if ((size - 1 >= pools.limit_bytes) | !known)
        return SITES_DETOUR(size, site, tag, place, known);
    return heap_malloc_pooled(size, site, tag, place);
}

/*
 * Free a block that lies in a page of the region, `offset` from its base, into the slot's own
 * current page or any other. Interrupts masked; restores the mask's state. false: something is
 * wrong with p, or it takes more than this; nothing was done.
 */
STEP bool heap_free_in_page(const hak_maps *maps, hak_slot *slot, unsigned kind, const void *p,
                            uintptr_t offset, hak_mask state)
{
    /* Here, so that each is loaded once. */
    uint8_t *tags = sites_tags(slot);
    uint32_t reciprocal = slot->reciprocal, stride_and_mask = slot->stride_and_mask;
    if ((uintptr_t)p - slot->base < slot->used_bytes) {
        hak_word free = pool_push(slot, p);
        if (free == 0)
            return false;
        sites_pushed(slot, tags, p);
        if (free == slot->trigger)
            pool_emptied(slot, state);
        else
            hak_port_unmask(state);
        return true;
    }
    uint32_t inside = (uint32_t)(uintptr_t)p & stride_and_mask >> 16;
    unsigned block = hak_port_high(inside, reciprocal);
    if (!pool_begins_at(stride_and_mask, block, inside))
        return false;
    uint32_t unit = (uint32_t)(offset >> UNIT_SHIFT) & ~(stride_and_mask >> (16 + UNIT_SHIFT));
    hak_tag tag = sites_page_tag(maps, unit, kind, block, (uint16_t)stride_and_mask);
    hak_unit *units = maps->units;
    hak_page_state *page = page_record(units, (int32_t)unit);
    pool_pushed pushed = pool_push_shared(region_freed(maps, unit), page, ONE << block);
    if (pushed == PUSH_REFUSED)
        return false;
    sites_freed(tag, sites_charge(slot));
    word_set(&slot->remote_frees, word_get(&slot->remote_frees) + 1);
    if (pushed == PUSH_FIRST) {
        hak_ticket ticket;
        if (!hak_lock_draw(&run.lock, &ticket))
            return heap_list_later(maps, unit, ticket, state), true;
        if (!page_list_add(units, page, unit))
            return heap_list_empty(maps, unit, state), true;
        hak_lock_drop_mine(&run.lock, ticket);
    } else if (pushed == PUSH_LAST) {
        return heap_settle(maps, unit, kind, state), true;
    }
    hak_port_unmask(state);
    return true;
}

#endif
