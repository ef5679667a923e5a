/* SPDX-License-Identifier: MIT */
/* RISC-V, 32 bit, machine mode, with the M extension. */
#ifndef HAK_PORT_RISCV_32_H
#define HAK_PORT_RISCV_32_H

#include "bits_riscv_32.h"
#include "divide.h"
#include "riscv.h"
#include "word_32.h"

#define HAK_PORT_CALL_TAG() ((uintptr_t)__builtin_return_address(0) >> 2 << 8)

#endif
