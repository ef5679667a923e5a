/* SPDX-License-Identifier: MIT */
/* For speed: each step is inlined wherever it is used. */
#ifndef HAK_TINY_STEP_H
#define HAK_TINY_STEP_H

#define TINY_STEP    static inline __attribute__((always_inline))
#define TINY_COLD    __attribute__((noinline, cold))
#define TINY_RARE(x) __builtin_expect(!!(x), 0)

/* The value is in a register from here on, and whence it came is forgotten: else gcc
 * makes a copy of what follows for each way that leads here, and runs out of registers. */
#define TINY_MEET(x) __asm__("" : "+r"(x))

#endif
