/* SPDX-License-Identifier: MIT */
/*
 * The fast paths of malloc and free, and the route of everything else:
 * small -> pool, else -> run.
 */
#include "heap.h"

#define CALL_SITE __builtin_return_address(0)

void *hak_malloc(size_t size)
{
    if (size - 1 < pools.limit_bytes) {
        unsigned kind = pools.kind_of[(size - 1) >> GRANULE_SHIFT];
        hak_mask state = hak_port_mask();
        uintptr_t slots = heap_slots();
        if (slots != 0) {
            hak_slot *slot = heap_slot(slots, kind);
            hak_word free = word_get(&slot->free);
            if (free != 0) {
                void *block = pool_pop(slot, free);
                hak_port_unmask(state);
                return block;
            }
        }
        hak_port_unmask(state);
    }
    return heap_malloc(size, 0, CALL_SITE);
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
