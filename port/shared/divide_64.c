/* SPDX-License-Identifier: MIT */
/* A quotient of 64 bits, in 64 steps. No caller of it is on a fast path. */
#include "port.h"

uint64_t hak_port_divide_64(uint64_t a, uint64_t b)
{
    uint64_t rest = 0; /* never more than a */
    for (unsigned step = 0; step < 64; step++) {
        rest = rest << 1 | a >> 63;
        a <<= 1;
        if (rest >= b) {
            rest -= b;
            a |= 1;
        }
    }
    return a;
}
