/* SPDX-License-Identifier: MIT */
/* BASEPRI cannot hold off what has the highest priority, as SysTick has from reset. */
#include "port_test.h"

#include <stdint.h>

#define SYSTICK_PRIORITY ((volatile uint8_t *)0xe000ed23)

void prepare(void) { *SYSTICK_PRIORITY = 0x80; }
