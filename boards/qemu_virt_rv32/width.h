/* SPDX-License-Identifier: MIT */
/* Registers of 32 bits, for boards/shared/riscv_virt. */
#ifndef WIDTH_H
#define WIDTH_H

#define WIDTH 4 /* bytes */
#define LOAD  lw
#define STORE sw

#ifndef __ASSEMBLER__
#include <stdint.h>

/* The halves: the lower one may go over between. */
static inline uint64_t counter_read(void)
{
    uint32_t upper, lower, after;
    do
        __asm__ volatile("csrr %0, minstreth\n\tcsrr %1, minstret\n\tcsrr %2, minstreth"
                         : "=&r"(upper), "=&r"(lower), "=&r"(after)
                         :
                         : "memory");
    while (upper != after);
    return (uint64_t)upper << 32 | lower;
}
#endif

#endif
