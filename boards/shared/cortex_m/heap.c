/* SPDX-License-Identifier: MIT */
/* The RAM that the image leaves. */
#include "board.h"

extern char __heap_start[], __heap_size[];

void *board_heap(uint64_t ram_bytes, size_t *bytes)
{
    if (ram_bytes != 0)
        board_panic("heap: this machine's RAM cannot be chosen\n");
    *bytes = (uintptr_t)__heap_size;
    return __heap_start;
}
