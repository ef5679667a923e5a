/* SPDX-License-Identifier: MIT */
/* hak_port_copy and hak_port_zero stand in for the library's own and count what they
 * cost. */
#ifndef MOVE_H
#define MOVE_H

#include <stddef.h>
#include <stdint.h>

/* Instructions spent in moving user bytes during the call that is measured, and those
 * of such a function that its own two readings leave out: bench_start() finds them. */
extern uint64_t bench_moved, bench_outside, bench_outside_zero;

#endif
