/* SPDX-License-Identifier: MIT */
/* Does a board's counter count instructions? Not without -icount shift=7. */
#include "internal.h"

static __attribute__((noinline)) void nops(void) { __asm__ volatile(".rept 64\n\tnop\n\t.endr"); }
static __attribute__((noinline)) void no_nops(void) { __asm__ volatile(""); }

static __attribute__((noinline)) uint64_t count(uint64_t (*instructions)(void), void (*body)(void))
{
    uint64_t before = instructions();
    body();
    return instructions() - before;
}

bool clock_is_exact(uint64_t (*instructions)(void))
{
    bool exact = true;
    for (unsigned i = 0; i < 8; i++)
        exact = exact && count(instructions, nops) == count(instructions, no_nops) + 64;
    return exact;
}
