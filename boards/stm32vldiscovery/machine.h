/* SPDX-License-Identifier: MIT */
/* STM32VLDISCOVERY, STM32F100RB: a Cortex-M3. */
#ifndef MACHINE_H
#define MACHINE_H

#define MACHINE_CORES 1u

static inline unsigned machine_core(void) { return 0; }

#endif
