/* SPDX-License-Identifier: MIT */
/* Read, change and write a word in one step, on a machine with one core and no
 * instruction for it: nothing comes in between while interrupts are masked. The
 * order of accesses is the program's, which the mask holds the compiler to. */
#ifndef HAK_PORT_RMW_H
#define HAK_PORT_RMW_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* A plain access of an aligned word, which is one instruction. */
static inline uintptr_t hak_port_rmw_load(const _Atomic(uintptr_t) *w)
{
    return *(const volatile uintptr_t *)w;
}
static inline void hak_port_rmw_store(_Atomic(uintptr_t) *w, uintptr_t v)
{
    *(volatile uintptr_t *)w = v;
}

static inline uintptr_t hak_port_fetch_add(_Atomic(uintptr_t) *w, uintptr_t v, memory_order order)
{
    (void)order;
    hak_mask state = hak_port_mask();
    uintptr_t before = hak_port_rmw_load(w);
    hak_port_rmw_store(w, before + v);
    hak_port_unmask(state);
    return before;
}
static inline uintptr_t hak_port_fetch_sub(_Atomic(uintptr_t) *w, uintptr_t v, memory_order order)
{
    return hak_port_fetch_add(w, 0 - v, order);
}
static inline uintptr_t hak_port_fetch_and(_Atomic(uintptr_t) *w, uintptr_t v, memory_order order)
{
    (void)order;
    hak_mask state = hak_port_mask();
    uintptr_t before = hak_port_rmw_load(w);
    hak_port_rmw_store(w, before & v);
    hak_port_unmask(state);
    return before;
}
static inline uintptr_t hak_port_fetch_or(_Atomic(uintptr_t) *w, uintptr_t v, memory_order order)
{
    (void)order;
    hak_mask state = hak_port_mask();
    uintptr_t before = hak_port_rmw_load(w);
    hak_port_rmw_store(w, before | v);
    hak_port_unmask(state);
    return before;
}
static inline uintptr_t hak_port_exchange(_Atomic(uintptr_t) *w, uintptr_t v, memory_order order)
{
    (void)order;
    hak_mask state = hak_port_mask();
    uintptr_t before = hak_port_rmw_load(w);
    hak_port_rmw_store(w, v);
    hak_port_unmask(state);
    return before;
}
static inline bool hak_port_compare_exchange(_Atomic(uintptr_t) *w, uintptr_t *expected,
                                             uintptr_t v, memory_order order, memory_order failure)
{
    (void)order, (void)failure;
    hak_mask state = hak_port_mask();
    uintptr_t before = hak_port_rmw_load(w);
    bool same = before == *expected;
    if (same)
        hak_port_rmw_store(w, v);
    hak_port_unmask(state);
    *expected = before;
    return same;
}
static inline uint32_t hak_port_fetch_add_32(_Atomic(uint32_t) *w, uint32_t v, memory_order order)
{
    (void)order;
    hak_mask state = hak_port_mask();
    uint32_t before = *(const volatile uint32_t *)w;
    *(volatile uint32_t *)w = before + v;
    hak_port_unmask(state);
    return before;
}

#endif
