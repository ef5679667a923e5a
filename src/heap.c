/* SPDX-License-Identifier: MIT */
/*
 * The fast paths of malloc and free, and the route of everything else:
 * small -> pool, else -> run.
 */
#include "heap.h"

void *hak_malloc(size_t size)
{
    const void *call_site = HAK_PORT_CALL_SITE();
    return heap_malloc(size, call_site);
}

void hak_free(void *p)
{
    const void *call_site = HAK_PORT_CALL_SITE();
    if ((uintptr_t)p - pools.maps.base < pools.maps.span) {
        unsigned kind = region_kind_at(&pools.maps, p);
        if (kind != 0) {
            hak_mask state = hak_port_mask();
            uintptr_t slots = heap_slots();
            if (slots != 0 && heap_free_in_page(&pools.maps, heap_slot(slots, kind), kind, p, state))
                return;
            hak_port_unmask(state);
        }
    }
    heap_free(p, call_site);
}
