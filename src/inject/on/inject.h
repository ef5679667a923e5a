/* SPDX-License-Identifier: MIT */
/* Fault injection: builds with FAIL=1. */
#ifndef HAK_INJECT_H
#define HAK_INJECT_H

#include <stdbool.h>

/* Is this the request for an extent that hak_fail_nth() picked? Asked once per
 * request, with the run lock held. */
bool inject_fails(void);

#endif
