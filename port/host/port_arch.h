/* SPDX-License-Identifier: MIT */
/*
 * Linux on a 64-bit machine: each thread is a core. A thread takes its core
 * number with hak_host_enter() and gives it back with hak_host_leave(); a
 * thread without one (before, after, or when all are taken) uses the run
 * layer. Signals stand in for nothing: there is no interrupt to mask.
 */
#ifndef HAK_PORT_ARCH_H
#define HAK_PORT_ARCH_H

#include <stdatomic.h>
#include <stdint.h>

#include "../shared/divide_wide.h"
#include "../shared/rmw_c11.h"

#define HAK_PORT_WORD_BITS        64
#define HAK_PORT_CORE_MAY_BE_NONE 1
#ifndef HAK_PORT_PREEMPTED /* tests/explore looks at the fair lock */
#define HAK_PORT_PREEMPTED 1
#endif
#define HAK_PORT_ONE_CORE 0

#define HAK_PORT_CALL_SITE() __builtin_return_address(0)
#define HAK_PORT_CALL_TAG()  ((uintptr_t)__builtin_return_address(0) >> 2 << 40)

typedef unsigned hak_mask;

/* Core number plus 1 of this thread; 0 = none. Initial-exec: no call, and no
 * allocation on first use. */
extern __thread unsigned hak_host_core_plus_1 __attribute__((tls_model("initial-exec")));

static inline unsigned hak_port_core(void) { return hak_host_core_plus_1 - 1u; }
static inline hak_mask hak_port_mask(void) { return 0; }
static inline void hak_port_unmask(hak_mask state) { (void)state; }

/* After a while the holder may be a thread that the kernel preempted: let it
 * run. By hand, so that the library needs no libc symbol. */
void hak_host_yield(void);

/* A yield may return at once: who is waited for may be in line for another processor,
 * behind others who use up their slices, or its group may have used up its share of the
 * processors. hak_check, which looks again 4096 times at what seems wrong, so waits for
 * more than a second. A thread that is the only one with a core number waits for nobody. */
void hak_host_sleep(unsigned turns);

static inline void hak_port_relax(unsigned turns)
{
    if (turns >= 64)
        hak_host_yield();
    if (turns >= 1024 && turns % 64 == 0)
        hak_host_sleep(turns);
}

static inline unsigned hak_port_ctz(uint64_t w) { return (unsigned)__builtin_ctzll(w); }
static inline unsigned hak_port_clz(uint64_t w) { return (unsigned)__builtin_clzll(w); }
static inline unsigned hak_port_zeros(uint64_t w) { return hak_port_clz(w | 1); }

static inline uint32_t hak_port_halves_differ(uint32_t w) { return (w >> 16) ^ (w & 0xffff); }

/* By hand: the oldest x86-64 has no instruction for it, and GCC would call
 * libgcc. [Warren, Hacker's Delight, 5-1] */
static inline unsigned hak_port_popcount(uint64_t w)
{
    w -= (w >> 1) & 0x5555555555555555u;
    w = (w & 0x3333333333333333u) + ((w >> 2) & 0x3333333333333333u);
    w = (w + (w >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (unsigned)((w * 0x0101010101010101u) >> 56);
}

static inline uintptr_t hak_port_get(const _Atomic(uintptr_t) *w)
{
    return atomic_load_explicit((_Atomic(uintptr_t) *)w, memory_order_relaxed);
}
static inline void hak_port_set(_Atomic(uintptr_t) *w, uintptr_t v)
{
    atomic_store_explicit(w, v, memory_order_relaxed);
}
static inline void hak_port_set_half(uint32_t *h, uint32_t v)
{
    __atomic_store_n(h, v, __ATOMIC_RELAXED);
}
static inline void hak_port_set_byte(uint8_t *b, uintptr_t v)
{
    __atomic_store_n(b, (uint8_t)v, __ATOMIC_RELAXED);
}

#endif
