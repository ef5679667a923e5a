/* SPDX-License-Identifier: MIT */
#ifndef HAK_TINY_MALLOC_H
#define HAK_TINY_MALLOC_H

#include "tiny_call.h"

/* malloc of what there is no room for, and of nothing. Masked; leaves the mask. */
void *tiny_malloc_slow(size_t size, hak_mask state, const void *call_site);

/* malloc, for a public call. */
static inline void *tiny_malloc(size_t size, const void *call_site)
{
    size_t less_1 = (size - 1) >> GRANULE_SHIFT; /* of size 0: too many */
    hak_mask state = hak_port_mask();
    if (less_1 >= tiny.free)
        return tiny_malloc_slow(size, state, call_site);
    granule length = (granule)less_1 + 1;
    tiny_found f = tiny_find(length);
    if (f.bin >= 0)
        return tiny_malloc_slow(size, state, call_site);
    tiny_take_found(f, length);
    tiny_count_taken(length);
    tiny_set_live(f.start);
    tiny_end(state, call_site);
    return tiny_address(f.start);
}

#endif
