/* SPDX-License-Identifier: MIT */
/* Read, change and write a word in one step: the compiler knows instructions for it.
 * The order is a constant where these are used; inlined, it stays one. */
#ifndef HAK_PORT_RMW_H
#define HAK_PORT_RMW_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define HAK_PORT_RMW static inline __attribute__((always_inline))

HAK_PORT_RMW uintptr_t hak_port_fetch_add(_Atomic(uintptr_t) *w, uintptr_t v, memory_order order)
{
    return atomic_fetch_add_explicit(w, v, order);
}
HAK_PORT_RMW uintptr_t hak_port_fetch_sub(_Atomic(uintptr_t) *w, uintptr_t v, memory_order order)
{
    return atomic_fetch_sub_explicit(w, v, order);
}
HAK_PORT_RMW uintptr_t hak_port_fetch_and(_Atomic(uintptr_t) *w, uintptr_t v, memory_order order)
{
    return atomic_fetch_and_explicit(w, v, order);
}
HAK_PORT_RMW uintptr_t hak_port_fetch_or(_Atomic(uintptr_t) *w, uintptr_t v, memory_order order)
{
    return atomic_fetch_or_explicit(w, v, order);
}
HAK_PORT_RMW uintptr_t hak_port_exchange(_Atomic(uintptr_t) *w, uintptr_t v, memory_order order)
{
    return atomic_exchange_explicit(w, v, order);
}
HAK_PORT_RMW bool hak_port_compare_exchange(_Atomic(uintptr_t) *w, uintptr_t *expected, uintptr_t v,
                                            memory_order order, memory_order failure)
{
    return atomic_compare_exchange_strong_explicit(w, expected, v, order, failure);
}
HAK_PORT_RMW uint32_t hak_port_fetch_add_32(_Atomic(uint32_t) *w, uint32_t v, memory_order order)
{
    return atomic_fetch_add_explicit(w, v, order);
}

#endif
