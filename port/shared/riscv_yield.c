/* SPDX-License-Identifier: MIT */
#include "port.h"

__attribute__((weak)) void hak_port_yield(void) {}
