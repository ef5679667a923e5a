/* SPDX-License-Identifier: MIT */
#include "tiny_aligned.h"
#include "tiny_malloc.h"
#include "tiny_resize.h"

static void *realloc_from(void *block, size_t size, const void *call_site)
{
    if (block == NULL)
        return tiny_malloc(size, call_site);
    if (size > PTRDIFF_MAX) {
        tiny_done(hak_port_mask(), HAK_FAULT_SIZE, block, call_site);
        return NULL;
    }
    tiny_old old = tiny_resize(block, size, call_site);
    if (old.resized)
        return block;
    if (old.bytes == 0)
        return NULL;
    void *moved = old.alignment_log2 == 0
                      ? tiny_malloc(size, call_site)
                      : tiny_malloc_aligned(size, old.alignment_log2, call_site);
    if (moved == NULL)
        return NULL;
    /* It did not fit behind the block, so the new size is the larger one. */
    hak_port_copy(moved, block, old.bytes);
    hak_free(block);
    return moved;
}

void *hak_realloc(void *block, size_t size)
{
    return realloc_from(block, size, __builtin_return_address(0));
}

void *hak_realloc_at(void *block, size_t size, const hak_site *site)
{
    return realloc_from(block, size,
                        site != NULL ? (const void *)site : __builtin_return_address(0));
}
