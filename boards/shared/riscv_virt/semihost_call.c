/* SPDX-License-Identifier: MIT */
/* An ebreak between two shifts that do nothing. [RISC-V Semihosting, 0.3] */
#include "internal.h"

/* The three must not be compressed, and lie in one page. */
__attribute__((aligned(32))) long board_semihost(unsigned operation, const void *block)
{
    register uintptr_t a0 __asm__("a0") = operation;
    register const void *a1 __asm__("a1") = block;
    __asm__ volatile(".option push\n\t.option norvc\n\t"
                     "slli zero, zero, 0x1f\n\tebreak\n\tsrai zero, zero, 7\n\t"
                     ".option pop"
                     : "+r"(a0)
                     : "r"(a1)
                     : "memory");
    return (long)a0;
}
