/* SPDX-License-Identifier: MIT */
/* [Arm, Semihosting for AArch32 and AArch64] */
#include "internal.h"

long board_semihost(unsigned operation, const void *block)
{
    register unsigned r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = block;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return (long)r0;
}
