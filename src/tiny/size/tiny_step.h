/* SPDX-License-Identifier: MIT */
/* For size: each step is called, and is once in the program. Every file that uses one
 * has a copy; the linker takes the first, and drops the others (--gc-sections). */
#ifndef HAK_TINY_STEP_H
#define HAK_TINY_STEP_H

#define TINY_STEP __attribute__((weak))

#endif
