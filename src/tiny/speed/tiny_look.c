/* SPDX-License-Identifier: MIT */
#include "tiny_call.h"

/* Does an extent of that length end where another begins? What looks like a header by chance
 * has no other behind it. */
static bool is_followed(uintptr_t p, granule length)
{
    uintptr_t q = tiny_behind(p, length);
    return tiny_number_of(q) <= tiny.end && tiny_is_any(tiny_says(q));
}

/* No block begins at p: is it free memory or inside a block? Looks back for a header, over
 * a bounded number of granules. */
static hak_fault why_no_block(uintptr_t p)
{
    enum { MOST_GRANULES = 2048 };
    for (unsigned i = 0; i < MOST_GRANULES; i++) {
        uintptr_t q = p - ((uintptr_t)i << GRANULE_SHIFT);
        if (tiny_number_of(q) < tiny_first(tiny.end) || tiny_number_of(q) > tiny.end)
            return HAK_FAULT_NOT_A_BLOCK;
        hak_word says = tiny_says(q);
        if (tiny_is_any(says) && tiny_length_of(says) > i && is_followed(q, tiny_length_of(says)))
            return (says & TINY_BLOCK) == 0 ? HAK_FAULT_DOUBLE_FREE : HAK_FAULT_INTERIOR;
    }
    return HAK_FAULT_NOT_A_BLOCK;
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
    return why_no_block((uintptr_t)p);
}

/* Does another extent begin where the block at p ends? If not, one of the headers is
 * overwritten, and the length may be wrong: the block is not touched. */
static bool ends_well(uintptr_t p, granule length, hak_mask state, const void *call_site)
{
    uintptr_t q = tiny_behind(p, length);
    if (length >= TINY_LEAST && tiny_number_of(q) <= tiny.end && tiny_is_after_block(tiny_says(q)))
        return true;
    tiny_done(state, HAK_FAULT_CORRUPT, (const void *)q, call_site);
    return false;
}

hak_word tiny_block(const void *p, hak_mask state, const void *call_site)
{
    if (tiny_may_be((uintptr_t)p)) {
        hak_word says = tiny_says((uintptr_t)p);
        if (tiny_is_plain(says & ~(hak_word)TINY_ALIGNED))
            return ends_well((uintptr_t)p, tiny_length_of(says), state, call_site) ? says : 0;
    }
    hak_port_unmask(state);
    hak_fault kind = tiny_look(p);
    tiny_done(hak_port_mask(), kind, p, call_site);
    return 0;
}
