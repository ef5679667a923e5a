/* SPDX-License-Identifier: MIT */
#ifndef HAK_TINY_MALLOC_H
#define HAK_TINY_MALLOC_H

#include "tiny_call.h"

/* malloc, for a public call. */
static inline void *tiny_malloc(size_t size, const void *call_site)
{
    hak_mask state = hak_port_mask();
    if (size > PTRDIFF_MAX) {
        tiny_done(state, HAK_FAULT_SIZE, NULL, call_site);
        return NULL;
    }
    size_t length = granules_for(size);
    granule g = tiny_take(length);
    void *block = NULL;
    if (g != 0) {
        tiny_count_taken((granule)length);
        tiny_set_live(g);
        block = tiny_address(g);
    } else {
        tiny.failures++;
    }
    tiny_end(state, call_site);
    return block;
}

#endif
