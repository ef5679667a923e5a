/* SPDX-License-Identifier: MIT */
/* One step after the other through the heap, for walk, stats and check. */
#ifndef HAK_TINY_CURSOR_H
#define HAK_TINY_CURSOR_H

#include "tiny_item.h"
#include "tiny_run.h"

/* What begins at g? If nothing does (the heap changed since the last step), the stretch
 * that can be passed over. Masked. */
static inline tiny_item tiny_look_at(granule g)
{
    const tiny_unit *u = tiny_unit_of(g);
    hak_word rest = u->begin << tiny_bit_of(g);
    if ((intptr_t)rest < 0) {
        granule length = tiny_length(g);
        return (tiny_item){tiny_is_free(g) ? TINY_FREE_EXTENT : TINY_HELD, g, length,
                           (size_t)length << GRANULE_SHIFT};
    }
    granule skip = rest != 0 ? hak_port_clz(rest) : UNIT_GRANULES - tiny_bit_of(g);
    return (tiny_item){TINY_NOTHING, g, skip, 0};
}

#endif
