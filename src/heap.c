/* SPDX-License-Identifier: MIT */
/*
 * The fast paths of malloc and free, and the route of everything else:
 * small -> pool, big -> reuse cache, else -> run.
 */
#include "heap.h"

void *hak_malloc(size_t size) { return heap_malloc(size, NULL); }

void *hak_malloc_at(size_t size, const hak_site *site) { return heap_malloc(size, site); }

#define CALLER(call_site) ((call_site) != NULL ? (call_site) : HAK_PORT_CALL_SITE())

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
        hak_word length = note_length(&pools.maps, offset), held = 0;
        hak_atomic *note = note_at(&pools.maps, offset);
        if ((length & EXTENT_NOTED) == 0 || !note_is_held(held = word_get(note), offset))
            heap_free_large(p, CALLER(call_site));
        else if (!sites_cache_free(&pools.cache, note, p, held, (granule)length))
            heap_free_noted(p, CALLER(call_site));
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
