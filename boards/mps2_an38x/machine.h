/* SPDX-License-Identifier: MIT */
/* MPS2 with the images AN385 (Cortex-M3) and AN386 (Cortex-M4). */
#ifndef MACHINE_H
#define MACHINE_H

#define MACHINE_CORES            1u
#define MACHINE_TICKS_PER_SECOND 25000000u
#define MACHINE_TICK_NS          40u
#define MACHINE_COUNTER          ((volatile uint32_t *)0x40028018)

static inline unsigned machine_core(void) { return 0; }

#endif
