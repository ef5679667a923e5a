/* SPDX-License-Identifier: MIT */
/*
 * RISC-V, 32 bit, machine mode, with the A and M extensions. The core number is
 * mhartid. The atomics are AMOs, but for the exchange that compares, whose LR/SC
 * pair GCC writes with no other load in between.
 */
#ifndef HAK_PORT_ARCH_H
#define HAK_PORT_ARCH_H

#include "../shared/riscv_32.h"
#include "../shared/rmw_c11.h"

#define HAK_PORT_ONE_CORE 0

static inline unsigned hak_port_core(void)
{
    uintptr_t hart;
    __asm__ volatile("csrr %0, mhartid" : "=r"(hart));
    return (unsigned)hart;
}

#endif
