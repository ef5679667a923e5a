/* SPDX-License-Identifier: MIT */
/* The RAM that the image leaves. */
#include "board.h"

extern char __ram_start[], __heap_start[], __heap_size[];

void *board_heap(uint64_t ram_bytes, size_t *bytes)
{
    uint64_t image_bytes = (uintptr_t)__heap_start - (uintptr_t)__ram_start;
    if (ram_bytes != 0 && ram_bytes <= image_bytes)
        board_panic("heap: RAM size out of range\n");
    *bytes = ram_bytes != 0 ? (size_t)(ram_bytes - image_bytes) : (uintptr_t)__heap_size;
    return __heap_start;
}
