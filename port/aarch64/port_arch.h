/* SPDX-License-Identifier: MIT */
/*
 * AArch64, any exception level above EL0, on cores with or without LSE; aarch64_lse
 * is for those with it alone. The core number is Aff0 of MPIDR_EL1. On cores that
 * number themselves in Aff1 (Cortex-A55, A76 and later, whose MPIDR.MT is 1) build
 * with -DHAK_A64_CORE_SHIFT=8.
 */
#ifndef HAK_PORT_ARCH_H
#define HAK_PORT_ARCH_H

#define HAK_PORT_WORD_BITS        64
#define HAK_PORT_CORE_MAY_BE_NONE 0
#define HAK_PORT_ONE_CORE         0

#include "../shared/divide_wide.h"
#include "../shared/rmw_c11.h"

#ifndef HAK_A64_CORE_SHIFT
#define HAK_A64_CORE_SHIFT 0
#endif

typedef uint64_t hak_mask;

static inline unsigned hak_port_core(void)
{
    uint64_t mpidr;
    __asm__ volatile("mrs %0, mpidr_el1" : "=r"(mpidr));
    return (unsigned)(mpidr >> HAK_A64_CORE_SHIFT) & 0xff;
}

static inline hak_mask hak_port_mask(void)
{
    hak_mask state;
    __asm__ volatile("mrs %0, daif\n\tmsr daifset, #2" : "=r"(state) : : "memory");
    return state;
}

static inline void hak_port_unmask(hak_mask state)
{
    __asm__ volatile("msr daif, %0" : : "r"(state) : "memory");
}

/* The link register, which still holds it there. __builtin_return_address(0)
 * would set up a stack frame for it. */
#define HAK_PORT_CALL_SITE()                                                                       \
    __extension__({                                                                                \
        const void *link_;                                                                         \
        __asm__ volatile("mov %0, x30" : "=r"(link_));                                             \
        link_;                                                                                     \
    })

/* From the link register in one step: its two lowest bits are 0. */
#define HAK_PORT_CALL_TAG()                                                                        \
    __extension__({                                                                                \
        uintptr_t tag_;                                                                            \
        __asm__ volatile("lsl %0, x30, #38" : "=r"(tag_));                                         \
        tag_;                                                                                      \
    })

static inline void hak_port_relax(unsigned turns)
{
    (void)turns;
    __asm__ volatile("yield");
}

static inline unsigned hak_port_ctz(uint64_t w) { return (unsigned)__builtin_ctzll(w); }
static inline unsigned hak_port_clz(uint64_t w) { return (unsigned)__builtin_clzll(w); }

/* The instruction itself knows what to do with 0. */
static inline unsigned hak_port_zeros(uint64_t w)
{
    uint64_t zeros;
    __asm__("clz %0, %1" : "=r"(zeros) : "r"(w));
    return (unsigned)zeros;
}

/* By hand: GCC would take a step more. */
static inline uint32_t hak_port_halves_differ(uint32_t w)
{
    uint32_t differ;
    __asm__("eor %w0, %w1, %w1, ror #16" : "=r"(differ) : "r"(w));
    return differ;
}

/* By hand: the general registers have no population count, and GCC would call
 * libgcc for it. [Warren, Hacker's Delight, 5-1] */
static inline unsigned hak_port_popcount(uint64_t w)
{
    w -= (w >> 1) & 0x5555555555555555u;
    w = (w & 0x3333333333333333u) + ((w >> 2) & 0x3333333333333333u);
    w = (w + (w >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (unsigned)((w * 0x0101010101010101u) >> 56);
}

/* Single-copy atomic, as any aligned word is. GCC folds the address into a
 * volatile access, not into an atomic one. */
static inline uint64_t hak_port_get(const _Atomic(uintptr_t) *w)
{
    return *(const volatile uint64_t *)w;
}
static inline void hak_port_set(_Atomic(uintptr_t) *w, uint64_t v) { *(volatile uint64_t *)w = v; }
static inline void hak_port_set_half(uint32_t *h, uint32_t v) { *(volatile uint32_t *)h = v; }
/* By hand: GCC would widen the byte and its index first. */
static inline void hak_port_set_byte(uint8_t *b, uint64_t v)
{
    __asm__ volatile("strb %w1, %0" : "=m"(*b) : "r"(v));
}

#endif
