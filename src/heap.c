/* SPDX-License-Identifier: MIT */
/*
 * The fast paths of malloc and free, and the route of everything else:
 * small -> pool, else -> run.
 */
#include "heap.h"

#define CALL_SITE __builtin_return_address(0)

void *hak_malloc(size_t size)
{
    void *block = heap_pool_malloc(size);
    return block != NULL ? block : heap_malloc(size, 0, CALL_SITE);
}

void hak_free(void *p)
{
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
    heap_free(p, CALL_SITE);
}
