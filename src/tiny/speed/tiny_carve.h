/* SPDX-License-Identifier: MIT */
/* The heap of hak_init(). */
#ifndef HAK_TINY_CARVE_H
#define HAK_TINY_CARVE_H

#include "tiny_run.h"

/* All is one free extent, the top. */
static inline void tiny_carve(uintptr_t start, uintptr_t limit)
{
    uintptr_t p = align_up(start + TINY_HEADER_BYTES, GRANULE_BYTES);
    granule length = (granule)((limit - p) >> GRANULE_SHIFT);
    uintptr_t behind = p + ((uintptr_t)length << GRANULE_SHIFT);
    uintptr_t first_zone = p >> TINY_ZONE_SHIFT, last_zone = (behind - 1) >> TINY_ZONE_SHIFT;
    tiny.zone_0 = (uintptr_t)tiny.rows - first_zone * sizeof(tiny_row);
    tiny.rows[last_zone - first_zone + 1].lists = ONE << TINY_NO_BIN;
    tiny.base = p;
    tiny_say(behind, 0, TINY_BLOCK | TINY_AFTER_FREE); /* as if a block began there */
    tiny_say_free(p, length);
    tiny.fewest_free = length;
    /* At once: until then a handler's calls find no heap. */
    hak_mask state = hak_port_mask();
    tiny_set_top(p, length);
    tiny.most = (size_t)(length - 1) << GRANULE_SHIFT;
    tiny.end = length;
    hak_port_unmask(state);
}

#endif
