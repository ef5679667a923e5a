/* SPDX-License-Identifier: MIT */
/* What ARMv6-M has no instruction for. */
#include "port.h"

static const uint8_t zeros_of_four[16] = {4, 3, 2, 2, 1, 1, 1, 1};

/* Down to four bits, and those from a table. Of 0: 32. */
unsigned hak_port_clz(uint32_t w)
{
    unsigned zeros = 28;
    if (w >> 16 != 0) {
        w >>= 16;
        zeros -= 16;
    }
    if (w >> 8 != 0) {
        w >>= 8;
        zeros -= 8;
    }
    if (w >> 4 != 0) {
        w >>= 4;
        zeros -= 4;
    }
    return zeros + zeros_of_four[w];
}

/* The upper half of a product, from four products of halves.
 * [Warren, Hacker's Delight, 8-2] */
uint32_t hak_port_high(uint32_t a, uint32_t b)
{
    uint32_t a_low = a & 0xffff, a_high = a >> 16, b_low = b & 0xffff, b_high = b >> 16;
    uint32_t middle = a_high * b_low + (a_low * b_low >> 16);
    uint32_t other = a_low * b_high + (middle & 0xffff);
    return a_high * b_high + (middle >> 16) + (other >> 16);
}

/* Bit by bit: as many steps as the quotient has bits. */
uint32_t hak_port_divide(uint32_t a, uint32_t b)
{
    uint32_t quotient = 0;
    unsigned shift = a < b ? 0 : hak_port_clz(b) - hak_port_clz(a) + 1;
    while (shift-- != 0) {
        quotient <<= 1;
        if (a >> shift >= b) {
            a -= b << shift;
            quotient |= 1;
        }
    }
    return quotient;
}
