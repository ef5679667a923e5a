/* SPDX-License-Identifier: MIT */
/* RISC-V, 32 bit, machine mode, with the M extension and without the A extension:
 * one hart. */
#ifndef HAK_PORT_ARCH_H
#define HAK_PORT_ARCH_H

#include "../shared/riscv_32.h"

#include "../shared/rmw_masked.h"

#define HAK_PORT_ONE_CORE 1

static inline unsigned hak_port_core(void) { return 0; }

#endif
