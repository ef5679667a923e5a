/* SPDX-License-Identifier: MIT */
/* MPS2 with AN521: two Cortex-M33, both in their Secure state. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdint.h>

#define MACHINE_CORES            2u
#define MACHINE_TICKS_PER_SECOND 20000000u
#define MACHINE_TICK_NS          50u
#define MACHINE_COUNTER          ((volatile uint32_t *)0x50302018)

/* CPU_IDENTITY of the SSE-200. */
static inline unsigned machine_core(void) { return *(const volatile uint32_t *)0x5001f000; }

#endif
