/* SPDX-License-Identifier: MIT */
/* Blocks of pages that are not the caller's own: where they are, and whether
 * they are free. */
#include "pool.h"

hak_fault pool_find(hak_region *r, unsigned index, const void *p, hak_spot *spot)
{
    const hak_class *c = &pools.classes[index];
    uint32_t page_bytes = (uint32_t)c->units << UNIT_SHIFT;
    uint32_t offset = (uint32_t)((uintptr_t)p & (page_bytes - 1));
    unsigned block = class_index(c, offset);
    if ((uintptr_t)p % GRANULE_BYTES != 0)
        return HAK_FAULT_MISALIGNED;
    if (offset >= c->used_bytes)
        return HAK_FAULT_NOT_A_BLOCK;
    if (block * c->stride != offset)
        return HAK_FAULT_INTERIOR;
    spot->page =
        page_of(&r->maps, (uint32_t)(((uintptr_t)p - offset - r->maps.base) >> UNIT_SHIFT));
    spot->index = index;
    spot->bit = ONE << block;
    return HAK_FAULT_NONE;
}

bool pool_stands(hak_spot spot)
{
    /* atomic: a walk asks without the lock */
    const uint8_t *kind = &page_maps(spot.page)->kinds[page_unit(spot.page)];
    return __atomic_load_n(kind, __ATOMIC_RELAXED) == spot.index + 1;
}

static bool seems_free(hak_spot spot)
{
    return (pool_free_blocks(page_freed(spot.page), page_record_of(spot.page)) & spot.bit) != 0;
}

/* What a slot shows without the lock may be of its next page already: look
 * again while no page changes hands. */
bool pool_is_free(hak_spot spot)
{
    if (!seems_free(spot))
        return false;
    hak_mask state;
    if (!run_lock(&state)) /* no page will change hands any more */
        return !pool_stands(spot) || seems_free(spot);
    bool result = !pool_stands(spot) || seems_free(spot);
    run_unlock(state);
    return result;
}
