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
        unsigned index = pools.class_of[(size - 1) >> GRANULE_SHIFT];
        hak_mask state = hak_port_mask();
        hak_slot *slots = heap_slots();
        void *block = slots == NULL ? NULL : pool_pop(&slots[index]);
        hak_port_unmask(state);
        if (block != NULL)
            return block;
    }
    return heap_malloc(size, 0, CALL_SITE);
}

void hak_free(void *p)
{
    uintptr_t offset = (uintptr_t)p - pools.base;
    if (offset < pools.span) {
        unsigned kind = atomic_load_explicit(&pools.kinds[offset >> UNIT_SHIFT], memory_order_relaxed);
        if (kind != 0) {
            hak_mask state = hak_port_mask();
            hak_slot *slots = heap_slots();
            bool done = slots != NULL && pool_push(&slots[kind - 1], p);
            hak_port_unmask(state);
            if (done)
                return;
        }
    }
    heap_free(p, CALL_SITE);
}
