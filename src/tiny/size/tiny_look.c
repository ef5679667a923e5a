/* SPDX-License-Identifier: MIT */
#include "tiny_call.h"

static inline hak_fault look(uintptr_t g, const void *p)
{
    if (tiny.end == 0)
        return HAK_FAULT_NOT_INIT;
    if (g >= tiny.end || g < tiny_first(tiny.end))
        return HAK_FAULT_FOREIGN;
    if ((uintptr_t)p % GRANULE_BYTES != 0)
        return HAK_FAULT_MISALIGNED;
    granule start = tiny_start((granule)g);
    if (tiny_is_free(start))
        return HAK_FAULT_DOUBLE_FREE;
    return start == g ? HAK_FAULT_NONE : HAK_FAULT_INTERIOR;
}

granule tiny_block(const void *p, hak_mask state, const void *call_site)
{
    uintptr_t g = ((uintptr_t)p - tiny.base) >> GRANULE_SHIFT;
    hak_fault kind = look(g, p);
    if (kind == HAK_FAULT_NONE)
        return (granule)g;
    tiny_done(state, kind, p, call_site);
    return 0;
}
