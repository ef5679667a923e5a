/* SPDX-License-Identifier: MIT */
/* There are none in SITES=list. */
static bool account_agrees(const hak_site *site) { return (void)site, true; }
static void test_accounts(void) {}
