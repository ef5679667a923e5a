/* SPDX-License-Identifier: MIT */
/* What the files of port_test share. */
#ifndef PORT_TEST_H
#define PORT_TEST_H

/* at_once.c */
void test_cores(void);
void test_at_once(void);
void test_mask(void);
void test_lock(void);

/* plain/prepare.c, basepri/prepare.c: before all tests */
void prepare(void);

#endif
