/* SPDX-License-Identifier: MIT */
/*
 * RISC-V, 64 bit, machine mode, with the A and M extensions. The core number is
 * mhartid. The atomics are AMOs, but for the exchange that compares, whose LR/SC
 * pair GCC writes with no other load in between.
 */
#ifndef HAK_PORT_ARCH_H
#define HAK_PORT_ARCH_H

#define HAK_PORT_WORD_BITS 64
#define HAK_PORT_ONE_CORE  0

#include "../shared/divide_wide.h"
#include "../shared/riscv.h"
#include "../shared/rmw_c11.h"

static inline unsigned hak_port_core(void)
{
    uint64_t hart;
    __asm__ volatile("csrr %0, mhartid" : "=r"(hart));
    return (unsigned)hart;
}

/* Its lowest bit is 0. */
#define HAK_PORT_CALL_TAG()                                                                        \
    __extension__({                                                                                \
        uintptr_t tag_;                                                                            \
        __asm__ volatile("srli %0, ra, 2\n\tslli %0, %0, 40" : "=r"(tag_));                        \
        tag_;                                                                                      \
    })

/* Without the B extension nothing counts zeros: the lowest set bit, times a number
 * each of whose 6-bit windows is different, has its place in the upper 6 bits.
 * [Leiserson, Prokop, Randall, Using de Bruijn Sequences to Index a 1 in a
 * Computer Word, 1998] */
#define HAK_PORT_DE_BRUIJN UINT64_C(0x03f79d71b4cb0a89)
extern const uint8_t hak_port_place[64];

static inline unsigned hak_port_ctz(uint64_t w)
{
    return hak_port_place[((w & (0 - w)) * HAK_PORT_DE_BRUIJN) >> 58];
}

/* All bits below the highest one set; then it alone. */
static inline unsigned hak_port_clz(uint64_t w)
{
    w |= w >> 1;
    w |= w >> 2;
    w |= w >> 4;
    w |= w >> 8;
    w |= w >> 16;
    w |= w >> 32;
    return 63u - hak_port_place[((w - (w >> 1)) * HAK_PORT_DE_BRUIJN) >> 58];
}

static inline unsigned hak_port_zeros(uint64_t w) { return hak_port_clz(w | 1); }

static inline uint32_t hak_port_halves_differ(uint32_t w) { return (w >> 16) ^ (w & 0xffff); }

/* [Warren, Hacker's Delight, 5-1] */
static inline unsigned hak_port_popcount(uint64_t w)
{
    w -= (w >> 1) & 0x5555555555555555u;
    w = (w & 0x3333333333333333u) + ((w >> 2) & 0x3333333333333333u);
    w = (w + (w >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (unsigned)((w * 0x0101010101010101u) >> 56);
}

/* An aligned word is loaded and stored in one piece. */
static inline uint64_t hak_port_get(const _Atomic(uintptr_t) *w)
{
    return *(const volatile uint64_t *)w;
}
static inline void hak_port_set(_Atomic(uintptr_t) *w, uint64_t v) { *(volatile uint64_t *)w = v; }
static inline void hak_port_set_half(uint32_t *h, uint32_t v)
{
    __atomic_store_n(h, v, __ATOMIC_RELAXED);
}
static inline void hak_port_set_byte(uint8_t *b, uint64_t v)
{
    __asm__ volatile("sb %1, %0" : "=m"(*b) : "r"(v));
}

#endif
