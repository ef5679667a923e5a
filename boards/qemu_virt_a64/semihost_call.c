/* SPDX-License-Identifier: MIT */
/* [Arm, Semihosting for AArch32 and AArch64] */
#include "internal.h"

long board_semihost(unsigned operation, const void *block)
{
    register uint64_t x0 __asm__("x0") = operation;
    register const void *x1 __asm__("x1") = block;
    __asm__ volatile("hlt #0xf000" : "+r"(x0) : "r"(x1) : "memory");
    return (long)x0;
}
