/* SPDX-License-Identifier: MIT */
/* RISC-V in machine mode, 32 and 64 bit: core number, mask, call sites. */
#ifndef HAK_PORT_RISCV_H
#define HAK_PORT_RISCV_H

#include <stdint.h>

#define HAK_PORT_CORE_MAY_BE_NONE 0

typedef uintptr_t hak_mask;

/* MIE, machine interrupt enable, is bit 3 of mstatus. */
static inline hak_mask hak_port_mask(void)
{
    hak_mask state;
    __asm__ volatile("csrrci %0, mstatus, 8" : "=r"(state) : : "memory");
    return state;
}

static inline void hak_port_unmask(hak_mask state)
{
    __asm__ volatile("csrs mstatus, %0" : : "r"(state & 8) : "memory");
}

/* The return address, which is still in ra there. By hand: for the builtin GCC would
 * save registers at the entry of each call, 5 instructions on the fast paths. */
#define HAK_PORT_CALL_SITE()                                                                       \
    __extension__({                                                                                \
        const void *link_;                                                                         \
        __asm__ volatile("mv %0, ra" : "=r"(link_));                                               \
        link_;                                                                                     \
    })

/* Called when this hart has waited for long: weak, it does nothing. Where harts take
 * turns on fewer processors, as in an emulator, a firmware gives its turn away here.
 * With interrupts masked. */
void hak_port_yield(void);

/* `pause`, which older assemblers do not know. */
static inline void hak_port_relax(unsigned turns)
{
    if (turns >= 64)
        hak_port_yield();
    __asm__ volatile(".4byte 0x0100000f");
}

#endif
