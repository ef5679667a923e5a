/* SPDX-License-Identifier: MIT */
/* Frees into pages that are not the caller's own: one atomic operation. */
#include "pool.h"

hak_fault pool_find(hak_region *r, unsigned index, const void *p, hak_spot *spot)
{
    const hak_class *c = &pools.classes[index];
    uint32_t page_bytes = c->units << UNIT_SHIFT;
    uint32_t offset = (uint32_t)((uintptr_t)p & (page_bytes - 1));
    unsigned block = class_index(c, offset);
    if (block * c->stride != offset)
        return (uintptr_t)p % GRANULE_BYTES != 0 ? HAK_FAULT_MISALIGNED : HAK_FAULT_INTERIOR;
    if (offset >= c->used_bytes)
        return HAK_FAULT_NOT_A_BLOCK;
    spot->page = page_of(r, (uint32_t)(((uintptr_t)p - offset - r->base) >> UNIT_SHIFT));
    spot->index = index;
    spot->bit = ONE << block;
    return HAK_FAULT_NONE;
}

/* First `freed`, then the state, then the owner's `free`: a block on its way
 * from the first to the last is seen in one of them. */
static bool seems_free(hak_spot spot)
{
    /* acquire: pairs with the release in take_in and adopt */
    if ((atomic_load_explicit(page_freed(spot.page), memory_order_acquire) & spot.bit) != 0)
        return true;
    hak_word state = page_state(spot.page);
    if ((state & PAGE_OWNED) == 0)
        return false;
    const hak_slot *slot = pool_slot(page_owner(state) % HAK_CORES, spot.index);
    return (atomic_load_explicit((hak_atomic *)&slot->free, memory_order_acquire) & spot.bit) != 0;
}

bool pool_stands(hak_spot spot)
{
    return region_kind(page_region(spot.page), page_unit(spot.page)) == spot.index + 1;
}

/* What a slot shows without the lock may be of its next page already: look
 * again while no page changes hands. */
bool pool_is_free(hak_spot spot)
{
    if (!seems_free(spot))
        return false;
    hak_mask state = run_lock();
    bool result = !pool_stands(spot) || seems_free(spot);
    run_unlock(state);
    return result;
}

/* The first block of a page became free, or the last one. Whoever comes second
 * finds the work done, or another page in its place, and does what that one needs. */
static void settle(hak_spot spot)
{
    hak_mask state = run_lock();
    if (pool_stands(spot))
        pool_settle(spot.page, spot.index);
    run_unlock(state);
}

hak_fault pool_free_remote(hak_spot spot)
{
    if (pool_is_free(spot))
        return HAK_FAULT_DOUBLE_FREE;
    /* acq_rel: the holder's writes come before the block's reuse; and either
     * leave_exhausted sees this bit, or its FULL is seen below. */
    hak_word before =
        atomic_fetch_or_explicit(page_freed(spot.page), spot.bit, memory_order_acq_rel);
    if ((before & spot.bit) != 0)
        return HAK_FAULT_DOUBLE_FREE;
    bool last = (before | spot.bit) == pools.classes[spot.index].full;
    if ((before == 0 || last) && (page_state(spot.page) & PAGE_OWNED) == 0)
        settle(spot);
    return HAK_FAULT_NONE;
}
