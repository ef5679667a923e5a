/* SPDX-License-Identifier: MIT */
/* What the two files of kit_test share. */
#ifndef KIT_TEST_H
#define KIT_TEST_H

#include <stdint.h>

#define CORES_MAX 64u

void wait_ns(uint64_t ns);
void test_timer(void);
void test_registers(void);

#endif
