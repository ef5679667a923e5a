/* SPDX-License-Identifier: MIT */
/* The instruction counter of RISC-V, in machine mode. */
#ifndef COUNT_H
#define COUNT_H

#include <stdint.h>

static inline uint32_t count_read(void)
{
    uint64_t now;
    __asm__ volatile("csrr %0, minstret" : "=r"(now) : : "memory");
    return (uint32_t)now;
}

#endif
