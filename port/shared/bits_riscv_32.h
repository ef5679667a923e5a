/* SPDX-License-Identifier: MIT */
/* Without the B extension nothing counts zeros: the lowest set bit, times a number
 * each of whose 5-bit windows is different, has its place in the upper 5 bits.
 * [Leiserson, Prokop, Randall, Using de Bruijn Sequences to Index a 1 in a
 * Computer Word, 1998] */
#ifndef HAK_PORT_BITS_H
#define HAK_PORT_BITS_H

#include <stdint.h>

#define HAK_PORT_DE_BRUIJN UINT32_C(0x077cb531)
extern const uint8_t hak_port_place[32];

static inline unsigned hak_port_ctz(uint32_t w)
{
    return hak_port_place[(w & (0 - w)) * HAK_PORT_DE_BRUIJN >> 27];
}

/* All bits below the highest one set; then it alone. */
static inline unsigned hak_port_clz(uint32_t w)
{
    w |= w >> 1;
    w |= w >> 2;
    w |= w >> 4;
    w |= w >> 8;
    w |= w >> 16;
    return 31u - hak_port_place[(w - (w >> 1)) * HAK_PORT_DE_BRUIJN >> 27];
}

static inline unsigned hak_port_zeros(uint32_t w) { return hak_port_clz(w | 1); }

#endif
