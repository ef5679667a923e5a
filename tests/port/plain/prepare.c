/* SPDX-License-Identifier: MIT */
#include "port_test.h"

void prepare(void) {}
