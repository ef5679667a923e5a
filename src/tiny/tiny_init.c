/* SPDX-License-Identifier: MIT */
#include "tiny_run.h"

hak_status hak_init(void *heap_start, size_t heap_size)
{
    uintptr_t start = (uintptr_t)heap_start, limit = start + heap_size;
    if (tiny.end != 0)
        return HAK_ERR_TWICE;
    if (start == 0)
        return HAK_ERR_NULL;
    if (heap_size == 0)
        return HAK_ERR_ZERO;
    if (limit - 1 < start)
        return HAK_ERR_WRAP;
    if (heap_size < TINY_LEAST_BYTES)
        return HAK_ERR_TOO_SMALL;
    if (heap_size > (size_t)HAK_TINY_GRANULES << GRANULE_SHIFT)
        return HAK_ERR_TOO_BIG;
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
    return HAK_OK;
}
