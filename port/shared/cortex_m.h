/* SPDX-License-Identifier: MIT */
/* What all Cortex-M have in common: interrupts masked by PRIMASK, call sites from
 * the link register, whose lowest bit says "Thumb" and is no part of the address. */
#ifndef HAK_PORT_CORTEX_M_H
#define HAK_PORT_CORTEX_M_H

#include "word_32.h"

#define HAK_PORT_CORE_MAY_BE_NONE 0

typedef uint32_t hak_mask;

static inline hak_mask hak_port_primask(void)
{
    hak_mask state;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(state) : : "memory");
    return state;
}

static inline void hak_port_set_primask(hak_mask state)
{
    __asm__ volatile("msr primask, %0" : : "r"(state) : "memory");
}

/* GCC keeps lr for it, and reads it where it is wanted: by hand it would come out wrong
 * where lr has another use meanwhile. */
#define HAK_PORT_CALL_SITE()                                                                       \
    ((const void *)((uintptr_t)__builtin_return_address(0) & ~(uintptr_t)1))
#define HAK_PORT_CALL_TAG() ((uintptr_t)__builtin_return_address(0) >> 2 << 8)

/* `yield`, which lets the other core run where QEMU has one thread for both. */
static inline void hak_port_relax(unsigned turns)
{
    (void)turns;
    __asm__ volatile("yield");
}

#endif
