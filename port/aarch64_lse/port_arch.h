/* SPDX-License-Identifier: MIT */
/* AArch64 with LSE, ARMv8.1 and later: each read-modify-write is one instruction, not
 * a loop, so that no core can keep another from ending its own. */
#ifndef HAK_PORT_ARCH_LSE_H
#define HAK_PORT_ARCH_LSE_H

#ifndef __ARM_FEATURE_ATOMICS
#error "aarch64_lse: build with -march=armv8.1-a, or a cpu that has LSE"
#endif

#include "../aarch64/port_arch.h"

#endif
