/* SPDX-License-Identifier: MIT */
/* Registers of 64 bits, for boards/shared/riscv_virt. */
#ifndef WIDTH_H
#define WIDTH_H

#define WIDTH 8 /* bytes */
#define LOAD  ld
#define STORE sd

#ifndef __ASSEMBLER__
#include <stdint.h>

static inline uint64_t counter_read(void)
{
    uint64_t count;
    __asm__ volatile("csrr %0, minstret" : "=r"(count) : : "memory");
    return count;
}
#endif

#endif
