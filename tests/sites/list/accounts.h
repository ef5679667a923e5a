/* SPDX-License-Identifier: MIT */
/* There are none in SITES=list. */
static void test_accounts(void) {}
