/* SPDX-License-Identifier: MIT */
#include "tiny_carve.h"

hak_status hak_init(void *heap_start, size_t heap_size)
{
    uintptr_t start = (uintptr_t)heap_start, limit = start + heap_size;
    if (tiny.end != 0)
        return HAK_ERR_TWICE;
    if (start == 0)
        return HAK_ERR_NULL;
    if (heap_size == 0)
        return HAK_ERR_ZERO;
    if (limit - 1 < start)
        return HAK_ERR_WRAP;
    if (heap_size < TINY_LEAST_BYTES)
        return HAK_ERR_TOO_SMALL;
    if (heap_size > (size_t)HAK_TINY_GRANULES << GRANULE_SHIFT)
        return HAK_ERR_TOO_BIG;
    tiny_carve(start, limit);
    return HAK_OK;
}
