/* SPDX-License-Identifier: MIT */
#include "refill.h"

void *refill_from_elsewhere(hak_slot *slot, unsigned kind)
{
    hak_class_state *state = &pools.states[kind - 1];
    hak_listed page = pool_listed(kind);
    if (page.maps == NULL && (state->owners & pools.idle) != 0) {
        pool_disown(hak_port_ctz(state->owners & pools.idle), kind - 1);
        page = pool_listed(kind);
    }
    if (page.maps == NULL)
        return NULL;
    state->owners |= core_bit(this_core());
    return adopt_listed(slot, &pools.classes[kind - 1], page);
}

void *refill_malloc(hak_slot *slot, unsigned kind, size_t size)
{
    hak_word free = word_get(&slot->free);
    if (free != 0)
        return pool_pop(slot, free);
    void *block = slot->used_bytes != 0
                      ? refill_leaving(slot, kind)
                      : adopt_any(slot, kind, &pools.states[kind - 1], &pools.classes[kind - 1]);
    return block != NULL ? block : run_malloc(granules_for(size));
}
