/* SPDX-License-Identifier: MIT */
/* Zeros above the highest set bit, by halves: for builds where size counts. Of 0: 32. */
#include "port.h"

unsigned hak_port_clz(uint32_t w)
{
    unsigned zeros = 32, step = 16;
    do {
        uint32_t upper = w >> step;
        if (upper != 0) {
            zeros -= step;
            w = upper;
        }
        step >>= 1;
    } while (step != 0);
    return zeros - w;
}
