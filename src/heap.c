/* SPDX-License-Identifier: MIT */
/*
 * The fast paths of malloc and free, and the route of everything else:
 * small -> pool, big -> reuse cache, else -> run.
 */
#include "heap.h"

void *hak_malloc(size_t size) { return heap_malloc(size, NULL); }

void *hak_malloc_at(size_t size, const hak_site *site) { return heap_malloc(size, site); }

#define CALLER(call_site) ((call_site) != NULL ? (call_site) : HAK_PORT_CALL_SITE())

/* free of a block that has a note: into this core's entry, or the long way. */
STEP void free_noted(void *p, hak_atomic *note, hak_word held, granule length,
                     const void *call_site)
{
    const hak_cache *c = &pools.cache;
    granule less_1 = length - 1;
    unsigned band = cache_band(c, less_1);
    hak_mask state = hak_port_mask();
    unsigned core = this_core();
    if (core >= HAK_CORES) {
        heap_free_displacing(p, note, held, length, NULL, NULL, state, CALLER(call_site));
        return;
    }
    char *part = cache_part(c, core);
    hak_cache_entry *e = cache_entry(c, part, band, held);
    if (cache_free(e, part, band, cache_key(less_1, held & NOTE_TAG), note, held, p)) {
        sites_cached(held, (size_t)length << GRANULE_SHIFT);
        hak_port_unmask(state);
        return;
    }
    heap_free_displacing(p, note, held, length, e, part, state, CALLER(call_site));
}

/* free; call_site as in heap_malloc. */
STEP void free_from(void *p, const void *call_site)
{
    uintptr_t offset = (uintptr_t)p - pools.maps.base;
    if (offset >= pools.maps.span) {
        heap_free(p, CALLER(call_site));
        return;
    }
    unsigned kind = pools.maps.kinds[offset >> UNIT_SHIFT];
    if (kind == 0) {
        hak_word length = note_length(&pools.maps, offset);
        if ((length & EXTENT_NOTED) != 0) {
            hak_atomic *note = note_at(&pools.maps, offset);
            hak_word held = word_get(note);
            if (note_is_held(held, offset)) {
                free_noted(p, note, held, extent_length_of(length), call_site);
                return;
            }
        }
        heap_free_large(p, CALLER(call_site));
        return;
    }
    hak_mask state = hak_port_mask();
    uintptr_t slots = heap_slots();
    if (slots != 0 &&
        heap_free_in_page(&pools.maps, heap_slot(slots, kind), kind, p, offset, state))
        return;
    hak_port_unmask(state);
    heap_free(p, CALLER(call_site));
}

void hak_free(void *p) { free_from(p, NULL); }

void heap_free_at(void *p, const void *call_site) { free_from(p, call_site); }
