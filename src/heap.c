/* SPDX-License-Identifier: MIT */
/*
 * The fast paths of malloc and free, and the route of everything else:
 * small -> pool, else -> run.
 */
#include "heap.h"

void *hak_malloc(size_t size) { return heap_malloc(size, NULL); }

void *hak_malloc_at(size_t size, const hak_site *site) { return heap_malloc(size, site); }

void hak_free(void *p)
{
    uintptr_t offset = (uintptr_t)p - pools.maps.base;
    if (offset >= pools.maps.span) {
        heap_free(p, HAK_PORT_CALL_SITE());
        return;
    }
    unsigned kind = pools.maps.kinds[offset >> UNIT_SHIFT];
    if (kind == 0) {
        heap_free_large(p, HAK_PORT_CALL_SITE());
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
