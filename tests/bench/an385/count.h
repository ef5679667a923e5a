/* SPDX-License-Identifier: MIT */
/* The counter of the board: a clock that tells instructions. */
#ifndef COUNT_H
#define COUNT_H

#include "kit.h"

static inline uint32_t count_read(void) { return (uint32_t)kit_instructions(); }

#endif
