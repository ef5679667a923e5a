/* SPDX-License-Identifier: MIT */
/*
 * The fast paths of malloc and free, and the route of everything else:
 * small -> pool, big -> reuse cache, else -> run.
 */
#include "heap.h"

void *hak_malloc(size_t size) { return heap_malloc(size, NULL); }

void hak_free(void *p)
{
    uintptr_t offset = (uintptr_t)p - pools.maps.base;
    if (offset >= pools.maps.span) {
        heap_free(p, HAK_PORT_CALL_SITE());
        return;
    }
    unsigned kind = pools.maps.kinds[offset >> UNIT_SHIFT];
    if (kind == 0) {
        hak_word length = note_length(&pools.maps, offset), note;
        if ((length & EXTENT_NOTED) == 0 ||
            !note_is_held(note = word_get(note_at(&pools.maps, offset)), offset))
            heap_free_large(p, HAK_PORT_CALL_SITE());
        else if (!cache_free(&pools.cache, &pools.maps, offset, p, note, (granule)length))
            heap_free_noted(p, HAK_PORT_CALL_SITE());
        return;
    }
    hak_mask state = hak_port_mask();
    uintptr_t slots = heap_slots();
    if (slots != 0 &&
        heap_free_in_page(&pools.maps, heap_slot(slots, kind), kind, p, offset, state))
        return;
    hak_port_unmask(state);
    heap_free(p, HAK_PORT_CALL_SITE());
}
