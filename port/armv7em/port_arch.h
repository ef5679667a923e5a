/* SPDX-License-Identifier: MIT */
/* Cortex-M4 and M7 have what Cortex-M3 has; the makefile lets the compiler use more. */
#include "../armv7m/port_arch.h"
