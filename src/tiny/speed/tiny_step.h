/* SPDX-License-Identifier: MIT */
/* For speed: each step is inlined wherever it is used. */
#ifndef HAK_TINY_STEP_H
#define HAK_TINY_STEP_H

#define TINY_STEP static inline __attribute__((always_inline))

#endif
