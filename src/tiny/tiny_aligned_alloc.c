/* SPDX-License-Identifier: MIT */
#include "tiny_aligned.h"
#include "tiny_malloc.h"

static void *aligned_from(size_t alignment, size_t size, const void *call_site)
{
    if (alignment == 0 || (alignment & (alignment - 1)) != 0) {
        tiny_done(hak_port_mask(), HAK_FAULT_ALIGNMENT, NULL, call_site);
        return NULL;
    }
    return alignment <= GRANULE_BYTES
               ? tiny_malloc(size, call_site)
               : tiny_malloc_aligned(size, hak_port_ctz(alignment) - GRANULE_SHIFT, call_site);
}

void *hak_aligned_alloc(size_t alignment, size_t size)
{
    return aligned_from(alignment, size, __builtin_return_address(0));
}

void *hak_aligned_alloc_at(size_t alignment, size_t size, const hak_site *site)
{
    return aligned_from(alignment, size,
                        site != NULL ? (const void *)site : __builtin_return_address(0));
}
