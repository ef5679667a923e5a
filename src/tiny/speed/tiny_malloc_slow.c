/* SPDX-License-Identifier: MIT */
#include "tiny_malloc.h"

void *tiny_malloc_slow(size_t size, hak_mask state, const void *call_site)
{
    if (size == 0) {
        hak_port_unmask(state);
        return hak_malloc_at(1, HAK_SITE_AT(call_site));
    }
    tiny.failures = (uint16_t)(tiny.failures + (size <= PTRDIFF_MAX));
    tiny_done(state, size > PTRDIFF_MAX ? HAK_FAULT_SIZE : HAK_FAULT_NONE, NULL, call_site);
    return NULL;
}
