/* SPDX-License-Identifier: MIT */
/*
 * RISC-V, 64 bit, machine mode, with the A and M extensions. The core number is
 * mhartid. The atomics are AMOs, but for the exchange that compares, whose LR/SC
 * pair GCC writes with no other load in between.
 */
#ifndef HAK_PORT_ARCH_H
#define HAK_PORT_ARCH_H

#define HAK_PORT_WORD_BITS        64
#define HAK_PORT_CORE_MAY_BE_NONE 0

typedef uint64_t hak_mask;

static inline unsigned hak_port_core(void)
{
    uint64_t hart;
    __asm__ volatile("csrr %0, mhartid" : "=r"(hart));
    return (unsigned)hart;
}

/* MIE, machine interrupt enable, is bit 3 of mstatus. */
static inline hak_mask hak_port_mask(void)
{
    hak_mask state;
    __asm__ volatile("csrrci %0, mstatus, 8" : "=r"(state) : : "memory");
    return state;
}

static inline void hak_port_unmask(hak_mask state)
{
    __asm__ volatile("csrs mstatus, %0" : : "r"(state & 8) : "memory");
}

/* The return address, which is still in ra there. */
#define HAK_PORT_CALL_SITE()                                                                       \
    __extension__({                                                                                \
        const void *link_;                                                                         \
        __asm__ volatile("mv %0, ra" : "=r"(link_));                                               \
        link_;                                                                                     \
    })

/* Its lowest bit is 0. */
#define HAK_PORT_CALL_TAG()                                                                        \
    __extension__({                                                                                \
        uintptr_t tag_;                                                                            \
        __asm__ volatile("srli %0, ra, 2\n\tslli %0, %0, 40" : "=r"(tag_));                        \
        tag_;                                                                                      \
    })

/* `pause`, which older assemblers do not know. */
static inline void hak_port_relax(unsigned turns)
{
    (void)turns;
    __asm__ volatile(".4byte 0x0100000f");
}

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
