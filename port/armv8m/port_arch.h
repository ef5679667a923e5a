/* SPDX-License-Identifier: MIT */
/*
 * Cortex-M33, M35P, M55, M85, with one or more cores that share the heap: LDREX and
 * STREX work across them. A core's number is read from a register of the chip: here
 * CPU_IDENTITY of Arm's SSE-200, in its Secure place; elsewhere build with
 * -DHAK_M_CORE_REGISTER=address. For a chip with one core build with CORES=1, so that
 * nobody asks for the number, and with -DHAK_M_ONE_CORE=1, which does away with the lock.
 */
#ifndef HAK_PORT_ARCH_H
#define HAK_PORT_ARCH_H

#include "../shared/bits_clz.h"
#include "../shared/cortex_m.h"
#include "../shared/divide.h"
#include "../shared/rmw_c11.h"

#ifndef HAK_M_ONE_CORE
#define HAK_M_ONE_CORE 0
#endif
#define HAK_PORT_ONE_CORE HAK_M_ONE_CORE

#ifndef HAK_M_CORE_REGISTER
#define HAK_M_CORE_REGISTER 0x5001f000u
#endif

static inline unsigned hak_port_core(void)
{
    return *(const volatile uint32_t *)HAK_M_CORE_REGISTER;
}

static inline hak_mask hak_port_mask(void) { return hak_port_primask(); }
static inline void hak_port_unmask(hak_mask state) { hak_port_set_primask(state); }

#endif
