/* SPDX-License-Identifier: MIT */
/* RISC-V, 32 bit, machine mode, with the M extension. */
#ifndef HAK_PORT_RISCV_32_H
#define HAK_PORT_RISCV_32_H

#include "bits_riscv_32.h"
#include "divide.h"
#include "riscv.h"
#include "word_32.h"

#define HAK_PORT_CALL_TAG()                                                                        \
    __extension__({                                                                                \
        uintptr_t tag_;                                                                            \
        __asm__ volatile("srli %0, ra, 2\n\tslli %0, %0, 8" : "=r"(tag_));                         \
        tag_;                                                                                      \
    })

#endif
