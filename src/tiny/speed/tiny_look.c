/* SPDX-License-Identifier: MIT */
#include "tiny_call.h"

/* No block begins at g: is it free memory or inside a block? Looks back over a bounded
 * number of units; granule 0 begins. */
static hak_fault why_no_block(granule g)
{
    enum { MOST_UNITS = 64 };
    const tiny_unit *u = tiny_unit_of(g);
    hak_word below = u->begin & ~(~TINY_FIRST_BIT >> tiny_bit_of(g));
    for (unsigned i = 0; below == 0; i++) {
        if (i == MOST_UNITS)
            return HAK_FAULT_NOT_A_BLOCK;
        u--;
        below = u->begin;
    }
    return (u->live & below & (0 - below)) != 0 ? HAK_FAULT_INTERIOR : HAK_FAULT_DOUBLE_FREE;
}

hak_fault tiny_look(const void *p)
{
    uintptr_t g = ((uintptr_t)p - tiny.base) >> GRANULE_SHIFT;
    if (tiny.end == 0)
        return HAK_FAULT_NOT_INIT;
    if (g >= tiny.end || g < tiny_first(tiny.end))
        return HAK_FAULT_FOREIGN;
    if ((uintptr_t)p % GRANULE_BYTES != 0)
        return HAK_FAULT_MISALIGNED;
    return why_no_block((granule)g);
}
