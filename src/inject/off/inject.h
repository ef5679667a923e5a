/* SPDX-License-Identifier: MIT */
/* Fault injection, left out. */
#ifndef HAK_INJECT_H
#define HAK_INJECT_H

#include <stdbool.h>

static inline bool inject_fails(void) { return false; }

#endif
