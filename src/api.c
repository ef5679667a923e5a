/* SPDX-License-Identifier: MIT */
/* The public calls beside malloc and free. */
#include "heap.h"
#include "tagged.h"

/* The return address of a public function; the site that was passed to it, if one was. */
#define CALL_SITE     __builtin_return_address(0)
#define SITE_OR(site) ((site) != NULL ? (const void *)(site) : CALL_SITE)

STEP void *calloc_from(size_t count, size_t size, const void *call_site)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        heap_report(HAK_FAULT_SIZE, NULL, call_site);
        return NULL;
    }
    void *block = heap_malloc(bytes, call_site);
    if (block != NULL)
        hak_port_zero(block, bytes);
    return block;
}

void *hak_calloc(size_t count, size_t size) { return calloc_from(count, size, CALL_SITE); }

void *hak_calloc_at(size_t count, size_t size, const hak_site *site)
{
    return calloc_from(count, size, SITE_OR(site));
}

STEP void *aligned_alloc_from(size_t alignment, size_t size, const void *call_site)
{
    if (alignment == 0 || (alignment & (alignment - 1)) != 0) {
        heap_report(HAK_FAULT_ALIGNMENT, NULL, call_site);
        return NULL;
    }
    unsigned log2 = alignment <= GRANULE_BYTES ? 0 : top_bit(alignment) - GRANULE_SHIFT;
    if (log2 == 0)
        return heap_malloc(size, call_site);
    return log2 >= 32 ? NULL : heap_malloc_aligned(size, log2, call_site);
}

void *hak_aligned_alloc(size_t alignment, size_t size)
{
    return aligned_alloc_from(alignment, size, CALL_SITE);
}

void *hak_aligned_alloc_at(size_t alignment, size_t size, const hak_site *site)
{
    return aligned_alloc_from(alignment, size, SITE_OR(site));
}

size_t hak_usable_size(const void *block)
{
    hak_found found;
    if (block == NULL)
        return 0;
    hak_fault fault = heap_find(block, &found);
    if (fault != HAK_FAULT_NONE) {
        heap_report(fault, block, CALL_SITE);
        return 0;
    }
    return found.in_page ? pools.classes[found.spot.index].stride
                         : (size_t)found.place.extent.length << GRANULE_SHIFT;
}

/* What a realloc can do without moving the block. */
typedef struct hak_old {
    hak_fault fault;
    bool resized;
    size_t usable_bytes;
    unsigned alignment_log2;
} hak_old;

static inline bool resize(hak_place block, granule length)
{
    if (note_exists(block.region, block.extent))
        return cache_resize(block, length);
    return run_resize(block, length);
}

/* Lock held. */
STEP hak_old resize_locked(hak_region *region, const void *p, size_t granules)
{
    hak_place block;
    hak_old old = {HAK_FAULT_NONE, false, 0, 0};
    old.fault = run_block_at(region, p, &block);
    if (old.fault == HAK_FAULT_NONE) {
        old.usable_bytes = (size_t)block.extent.length << GRANULE_SHIFT;
        old.alignment_log2 = extent_alignment(block.region, block.extent);
        if (granules <= old.alignment_log2)
            granules = old.alignment_log2 + 1;
        old.resized = granules == block.extent.length ||
                      (!run_too_long(granules) && resize(block, (granule)granules));
        if (old.resized)
            sites_resized(region, p, block.extent.length, granules);
    }
    return old;
}

STEP hak_old resize_in_run(hak_region *region, const void *p, size_t size)
{
    hak_old old;
    size_t granules = granules_for(size);
    hak_mask state;
    if (!run_lock(&state)) {
        old.fault = HAK_FAULT_STOPPED;
        return old;
    }
    old = resize_locked(region, p, granules);
    run_unlock(state);
    return old;
}

/* A pool block stays while more than half of it is used. */
STEP hak_old resize_in_page(hak_region *region, unsigned index, const void *p, size_t size)
{
    hak_spot spot;
    hak_old old = {pool_find(region, index, p, &spot), false, 0, 0};
    if (old.fault == HAK_FAULT_NONE && pool_is_free(spot))
        old.fault = HAK_FAULT_DOUBLE_FREE;
    old.usable_bytes = pools.classes[index].stride;
    old.resized = size <= old.usable_bytes && size > old.usable_bytes / 2;
    return old;
}

STEP hak_old resize_in_place(const void *p, size_t size)
{
    hak_region *region = run_region_of(p);
    if (region == NULL)
        return (hak_old){run_is_started() ? HAK_FAULT_FOREIGN : HAK_FAULT_NOT_INIT, false, 0, 0};
    unsigned kind = region_kind_at(&region->maps, p);
    return kind == 0 ? resize_in_run(region, p, size) : resize_in_page(region, kind - 1, p, size);
}

/* Once in the library: it is long. */
static __attribute__((noinline)) void *realloc_from(void *block, size_t size, const void *call_site)
{
    if (block == NULL)
        return heap_malloc(size, call_site);
    if (size > PTRDIFF_MAX) {
        heap_report(HAK_FAULT_SIZE, block, call_site);
        return NULL;
    }
    hak_old old = resize_in_place(block, size);
    if (old.fault != HAK_FAULT_NONE) {
        if (old.fault == HAK_FAULT_FOREIGN && tagged_realloc != NULL)
            return tagged_realloc(block, size, call_site);
        heap_report(old.fault, block, call_site);
        return NULL;
    }
    heap_report_corrupt(call_site);
    if (old.resized)
        return heap_return_early(block);
    void *moved = old.alignment_log2 == 0
                      ? heap_malloc(size, call_site)
                      : heap_malloc_aligned(size, old.alignment_log2, call_site);
    if (moved == NULL)
        return size <= old.usable_bytes || resize_in_place(block, size).resized ? block : NULL;
    hak_port_copy(moved, block, size < old.usable_bytes ? size : old.usable_bytes);
    heap_free_at(block, call_site);
    return moved;
}

void *hak_realloc(void *block, size_t size) { return realloc_from(block, size, CALL_SITE); }

void *hak_realloc_at(void *block, size_t size, const hak_site *site)
{
    return realloc_from(block, size, SITE_OR(site));
}

void hak_core_idle(void)
{
    hak_mask state;
    if (!run_lock(&state))
        return;
    unsigned core = heap_core();
    if (core < HAK_CORES && pools.class_count != 0)
        pool_idle(core);
    run_unlock(state);
}
