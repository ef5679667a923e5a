/* SPDX-License-Identifier: MIT */
/* Arm with clz and rbit, 32 bit: clz of 0 is 32. */
#ifndef HAK_PORT_BITS_H
#define HAK_PORT_BITS_H

#include <stdint.h>

static inline unsigned hak_port_ctz(uint32_t w) { return (unsigned)__builtin_ctz(w); }
static inline unsigned hak_port_clz(uint32_t w) { return (unsigned)__builtin_clz(w); }

static inline unsigned hak_port_zeros(uint32_t w)
{
    unsigned zeros;
    __asm__("clz %0, %1" : "=r"(zeros) : "r"(w));
    return zeros;
}

#endif
