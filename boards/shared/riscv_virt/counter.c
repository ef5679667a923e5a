/* SPDX-License-Identifier: MIT */
/* minstret counts the instructions of each hart; without -icount QEMU gives some
 * clock of its host instead. */
#include "board.h"
#include "internal.h"
#include "width.h"

#include <stdbool.h>

static bool counts;

static uintptr_t nine(void)
{
    uintptr_t from, to;
    __asm__ volatile("csrr %0, minstret\n\t.rept 8\n\tnop\n\t.endr\n\tcsrr %1, minstret"
                     : "=r"(from), "=r"(to)
                     :
                     : "memory");
    return to - from;
}

void counter_init(void)
{
    counts = true;
    for (unsigned i = 0; i < 8; i++)
        counts = counts && nine() == 9;
}

uint64_t board_instructions(void)
{
    uint64_t count = counter_read();
    return counts ? count : 0;
}
