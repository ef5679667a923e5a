/* SPDX-License-Identifier: MIT */
/* Where the set bit was, by the upper 5 bits of its product: see bits_riscv_32.h. */
#include "port.h"

const uint8_t hak_port_place[32] = {
    0,  1,  28, 2,  29, 14, 24, 3, 30, 22, 20, 15, 25, 17, 4,  8,
    31, 27, 13, 23, 21, 19, 16, 7, 26, 12, 18, 6,  11, 5,  10, 9,
};
