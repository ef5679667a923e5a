/* SPDX-License-Identifier: MIT */
/* A machine with words of 32 bits: an aligned word is loaded and stored in one
 * piece, and so is a byte. */
#ifndef HAK_PORT_WORD_H
#define HAK_PORT_WORD_H

#include <stdint.h>

#define HAK_PORT_WORD_BITS 32

static inline uintptr_t hak_port_get(const _Atomic(uintptr_t) *w)
{
    return *(const volatile uintptr_t *)w;
}
static inline void hak_port_set(_Atomic(uintptr_t) *w, uintptr_t v)
{
    *(volatile uintptr_t *)w = v;
}
static inline void hak_port_set_half(uint32_t *h, uint32_t v) { *(volatile uint32_t *)h = v; }
static inline void hak_port_set_byte(uint8_t *b, uintptr_t v)
{
    *(volatile uint8_t *)b = (uint8_t)v;
}

static inline uint32_t hak_port_halves_differ(uint32_t w) { return (w >> 16) ^ (w & 0xffff); }

/* [Warren, Hacker's Delight, 5-1] */
static inline unsigned hak_port_popcount(uint32_t w)
{
    w -= (w >> 1) & 0x55555555u;
    w = (w & 0x33333333u) + ((w >> 2) & 0x33333333u);
    w = (w + (w >> 4)) & 0x0f0f0f0fu;
    return (unsigned)((w * 0x01010101u) >> 24);
}

#endif
