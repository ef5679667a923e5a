/* SPDX-License-Identifier: MIT */
/*
 * What hak needs from a machine. port_arch.h, found by the include path
 * (port/<arch>/port_arch.h), supplies:
 *
 *   HAK_PORT_WORD_BITS          64 or 32
 *   HAK_PORT_CORE_MAY_BE_NONE   1 if hak_port_core() may answer "none"
 *   HAK_PORT_ONE_CORE           1 if no two cores ever share a heap: what masks
 *                               interrupts then needs no lock
 *   hak_mask                    the type that keeps an interrupt mask's state
 *   hak_port_core()             which core this is, from 0; HAK_CORES or more
 *                               means "a core without a pool of its own"
 *   hak_port_mask()             hold interrupts off on this core; the old state
 *   hak_port_unmask(state)      put that state back; the pair nests
 *   hak_port_relax(turns)       called while waiting for the lock, turns = how
 *                               often it was called in this wait
 *   HAK_PORT_PREEMPTED          optional; 1 if a core that waits for the lock, or
 *                               has it, may be stopped: the lock is not fair then
 *   hak_port_ctz(w), hak_port_clz(w)  zeros below the lowest and above the
 *                               highest set bit of a word that is not 0
 *   hak_port_zeros(w)           as hak_port_clz; of 0, any number
 *   hak_port_popcount(w)        set bits of a word
 *   hak_port_halves_differ(w)   0 if both halves of a 32-bit word are the same
 *   HAK_PORT_CALL_SITE()        the return address of the public function that
 *                               uses it before it calls anything else
 *   HAK_PORT_CALL_TAG()         bits 2 to 25 of it, as the upper 24 bits of a word
 *   hak_port_get(w), hak_port_set(w, v)  relaxed atomic load and store of a word
 *   hak_port_set_half(h, v)     the same store for 32 bits
 *   hak_port_set_byte(b, v)     the same for the low byte of v
 *   hak_port_fetch_add(w, v, order), hak_port_fetch_sub, hak_port_fetch_and,
 *   hak_port_fetch_or, hak_port_exchange  change an atomic word in one step; what it was
 *   hak_port_compare_exchange(w, expected, v, order, failure)  the strong one
 *   hak_port_fetch_add_32(w, v, order)  of an atomic uint32_t
 *   hak_port_divide(a, b)       a / b, 32 bits; and hak_port_divide_64
 *   hak_port_high(a, b)         the upper 32 bits of the product of 32-bit numbers
 *
 * port/shared has what several ports have in common, for them to include.
 * This header derives the rest: words, atomics, the fair lock.
 */
#ifndef HAK_PORT_H
#define HAK_PORT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "port_arch.h"

#ifndef HAK_PORT_PREEMPTED
#define HAK_PORT_PREEMPTED 0
#endif

typedef uintptr_t hak_word;
_Static_assert(sizeof(hak_word) * 8 == HAK_PORT_WORD_BITS, "port_arch.h: word size");

typedef _Atomic(hak_word) hak_atomic;

/*
 * A ticket lock: first come, first served, so that with n cores nobody waits
 * for more than n - 1 holds. Take it with interrupts masked. Both numbers share a
 * word: drawing a ticket tells at once whether it is served. With one core there is
 * nobody to wait for.
 * [fair lock: Reed and Kanodia's eventcounts and sequencers, CACM 1979]
 */
typedef union hak_lock {
    _Atomic(uint32_t) both;
    struct {
        _Atomic(uint16_t) serving; /* the ticket whose turn it is */
        _Atomic(uint16_t) next;    /* the next ticket to hand out */
    };
} hak_lock;
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "hak_lock: next is the upper half");

/* The ticket, for hak_lock_drop_mine(); its upper bits mean nothing. */
typedef uint32_t hak_ticket;

/* In turn. */
static inline hak_ticket hak_lock_take_fair(hak_lock *lock)
{
    if (HAK_PORT_ONE_CORE)
        return 0;
    /* acquire, in all three: pairs with the release in hak_lock_drop_mine */
    uint32_t drawn = hak_port_fetch_add_32(&lock->both, UINT32_C(1) << 16, memory_order_acquire);
    /* Both halves are the same: it is this one's turn. */
    if (__builtin_expect(hak_port_halves_differ(drawn) == 0, 1))
        return drawn;
    uint16_t mine = (uint16_t)(drawn >> 16);
    for (unsigned turns = 0; atomic_load_explicit(&lock->serving, memory_order_acquire) != mine;
         turns++)
        hak_port_relax(turns);
    return mine;
}

/* A ticket is drawn only when it is served at once. With tickets drawn ahead, the lock
 * would be kept for a thread that the kernel has stopped, and all others would wait for
 * that thread's next slice. */
static inline hak_ticket hak_lock_take_any(hak_lock *lock)
{
    for (unsigned turns = 0;; turns++) {
        uint32_t both = atomic_load_explicit(&lock->both, memory_order_relaxed);
        if ((uint16_t)both == both >> 16 &&
            atomic_compare_exchange_weak_explicit(&lock->both, &both, both + (UINT32_C(1) << 16),
                                                  memory_order_acquire, memory_order_relaxed))
            return both;
        hak_port_relax(turns);
    }
}

static inline hak_ticket hak_lock_take(hak_lock *lock)
{
    return HAK_PORT_PREEMPTED ? hak_lock_take_any(lock) : hak_lock_take_fair(lock);
}

/* Short, where the ticket is still at hand. */
static inline void hak_lock_drop_mine(hak_lock *lock, hak_ticket mine)
{
    /* release: pairs with the acquires in hak_lock_take_fair and _any */
    atomic_store_explicit(&lock->serving, (uint16_t)(mine + 1), memory_order_release);
}

static inline void hak_lock_drop(hak_lock *lock)
{
    if (!HAK_PORT_ONE_CORE)
        hak_lock_drop_mine(lock, atomic_load_explicit(&lock->both, memory_order_relaxed));
}

#endif
