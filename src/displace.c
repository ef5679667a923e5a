/* SPDX-License-Identifier: MIT */
/* free of a block with a note, if way 0 of its entry has no room: it displaces another
 * one, takes another way, or goes to the run layer. */
#include "heap.h"
#include "seats.h"

/* Whoever sets "cached" goes on. relaxed: decides, and orders nothing. */
static inline bool claim(hak_atomic *note, hak_word held)
{
    return hak_port_compare_exchange(note, &held, held | NOTE_CACHED, memory_order_relaxed,
                                     memory_order_relaxed);
}

static __attribute__((noinline)) void refuse(const void *p, hak_mask state, const void *call_site)
{
    hak_port_unmask(state);
    heap_report(HAK_FAULT_DOUBLE_FREE, p, call_site);
}

/* The core's entry takes the block, which is claimed. Lock held. */
STEP void take_in(hak_cache_entry *e, hak_word key, hak_atomic *note, hak_word held, const void *p)
{
    e->key = key;
    e->note = note;
    e->held = held;
    /* release: as in cache_fill */
    atomic_store_explicit(&e->block, (uintptr_t)p, memory_order_release);
}

void heap_free_displacing(const void *p, hak_atomic *note, hak_word held, granule length,
                          hak_cache_entry *e, char *part, hak_mask state, const void *call_site)
{
    granule less_1 = length - 1;
    unsigned band = cache_band(CACHE, less_1);
    hak_word key = cache_key(less_1, held & NOTE_TAG);
    if (!claim(note, held)) {
        refuse(p, state, call_site);
        return;
    }
    if (!run_try()) {
        word_set(note, held); /* it stays live */
        run_give_up(state);
        return;
    }
    sites_cached(held, (size_t)length << GRANULE_SHIFT);
    hak_leaving leaving = {(uintptr_t)p, length, note};
    if (e != NULL)
        e = cache_make_room(e, key, cache_depth(band), &leaving);
    if (e != NULL) {
        take_in(e, key, note, held, p);
        cache_count(&cache_counters(part)->puts[band]);
    }
    if (leaving.block != 0)
        cache_give_back(leaving);
    run_unlock(state);
    heap_report_corrupt(call_site);
}

hak_fault heap_free_noted(hak_region *r, const void *p, const void *call_site)
{
    uintptr_t offset = (uintptr_t)p - r->maps.base;
    hak_atomic *note = note_at(&r->maps, offset);
    hak_mask state = hak_port_mask();
    hak_word held = word_get(note);
    if (!note_is_held(held, offset)) {
        hak_port_unmask(state);
        return HAK_FAULT_DOUBLE_FREE;
    }
    granule length = extent_length_of(note_length(&r->maps, offset));
    unsigned core = this_core();
    char *part = NULL;
    hak_cache_entry *e = NULL;
    if (core < HAK_CORES) {
        part = cache_part(CACHE, core);
        e = cache_entry(CACHE, part, cache_band(CACHE, length - 1), held);
    }
    heap_free_displacing(p, note, held, length, e, part, state, call_site);
    return HAK_FAULT_NONE;
}
