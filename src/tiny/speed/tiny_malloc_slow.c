/* SPDX-License-Identifier: MIT */
#include "tiny_malloc.h"

void *tiny_malloc_slow(size_t size, hak_mask state, const void *call_site)
{
    if (size < TINY_SMALLEST) {
        hak_port_unmask(state);
        return hak_malloc_at(TINY_SMALLEST, HAK_SITE_AT(call_site));
    }
    tiny.failures = (uint16_t)(tiny.failures + (size <= PTRDIFF_MAX));
    tiny_done(state, size > PTRDIFF_MAX ? HAK_FAULT_SIZE : HAK_FAULT_NONE, NULL, call_site);
    return NULL;
}

void *tiny_malloc_top(granule length, uintptr_t *list, hak_mask state, const void *call_site)
{
    uintptr_t p = tiny_take_top(length, list);
    if (p == 0)
        p = tiny_take(length);
    tiny.failures = (uint16_t)(tiny.failures + (p == 0));
    if (tiny.corrupt != 0)
        tiny_done(state, HAK_FAULT_NONE, NULL, call_site);
    else
        hak_port_unmask(state);
    return (void *)p;
}
