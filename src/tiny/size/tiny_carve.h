/* SPDX-License-Identifier: MIT */
/* The heap of hak_init(). */
#ifndef HAK_TINY_CARVE_H
#define HAK_TINY_CARVE_H

#include "tiny_run.h"

static inline void tiny_carve(uintptr_t start, uintptr_t limit)
{
    hak_word *control = (hak_word *)align_up(start, TINY_BASE_ALIGN);
    tiny.base = (uintptr_t)control + TINY_HEAD_BYTES;
    granule end = (granule)((limit - tiny.base) >> GRANULE_SHIFT);
    granule first = tiny_first(end);
    while (control < (hak_word *)tiny_address(first))
        *control++ = 0;
    tiny_set_begin(0);
    tiny_set_live(0);
    tiny_set_end(end);
    tiny_set_begin(first);
    granule length = end - first;
    tiny.free = tiny.least_free = (uint16_t)length;
    tiny_note_length(0, first);
    tiny_note_length(first, length);
    /* At once: until then a handler's calls find no heap. */
    hak_mask state = hak_port_mask();
    tiny_insert(first, length);
    tiny.end = (uint16_t)end;
    hak_port_unmask(state);
}

#endif
