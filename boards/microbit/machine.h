/* SPDX-License-Identifier: MIT */
/* BBC micro:bit, nRF51822: a Cortex-M0. */
#ifndef MACHINE_H
#define MACHINE_H

#define MACHINE_CORES 1u

static inline unsigned machine_core(void) { return 0; }

#endif
