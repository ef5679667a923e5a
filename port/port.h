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
 *
 * A core that stops for good with a ticket in hand keeps the others from it for ever.
 * Who has looked often enough without a change says so in the lock itself: `next` is
 * moved so far ahead that no ticket drawn from then on is ever served, not even once
 * the stopped core goes on and serves its own. So a look at the lock's one word tells
 * it all, and drawing a ticket costs what it did. Tickets that are not served are given
 * back, so that `next` stays where it is.
 */
typedef union hak_lock {
    _Atomic(uint32_t) both;
    struct {
        _Atomic(uint16_t) serving; /* the ticket whose turn it is */
        _Atomic(uint16_t) next;    /* the next ticket to hand out */
    };
} hak_lock;
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "hak_lock: next is the upper half");

/* What hak_lock_draw drew: the ticket is its upper half. For hak_lock_wait() and
 * hak_lock_drop_mine(). */
typedef uint32_t hak_ticket;
#define HAK_LOCK_TICKET (UINT32_C(1) << 16)
#define HAK_LOCK_FAR    UINT32_C(0x8000) /* so far ahead is next in a stopped lock */
#define HAK_LOCK_QUEUE  UINT32_C(0x4000) /* more than can ever wait */

static inline bool hak_lock_is_stopped_at(uint32_t both)
{
    return (uint16_t)((both >> 16) - both) >= HAK_LOCK_QUEUE;
}
static inline bool hak_lock_is_stopped(hak_lock *lock)
{
    if (HAK_PORT_ONE_CORE || HAK_PORT_PREEMPTED)
        return false;
    return hak_lock_is_stopped_at(atomic_load_explicit(&lock->both, memory_order_relaxed));
}

/* Draw a ticket. true: the lock is taken; false: wait for the ticket's turn. */
static inline bool hak_lock_draw_fair(hak_lock *lock, hak_ticket *drawn)
{
    *drawn = 0;
    if (HAK_PORT_ONE_CORE)
        return true;
    /* acquire, here and in hak_lock_wait: pairs with the release in hak_lock_drop_mine */
    *drawn = hak_port_fetch_add_32(&lock->both, HAK_LOCK_TICKET, memory_order_acquire);
    /* Both halves are the same: it is this one's turn. */
    return __builtin_expect(hak_port_halves_differ(*drawn) == 0, 1);
}

/* Wait for the turn of a ticket, and look so often at most; 0: as often as it takes.
 * false: it has not come; then hak_lock_give_up(). */
static inline bool hak_lock_wait(hak_lock *lock, hak_ticket drawn, uint32_t turns_most)
{
    uint16_t mine = (uint16_t)(drawn >> 16);
    if (hak_lock_is_stopped_at(drawn))
        return false;
    for (uint32_t turns = 0; turns_most == 0 || turns != turns_most; turns++) {
        uint32_t both = atomic_load_explicit(&lock->both, memory_order_acquire);
        if ((uint16_t)both == mine)
            return !hak_lock_is_stopped_at(both); /* who stopped may have gone on */
        hak_port_relax(turns);
    }
    return false;
}

/* The lock is stopped from now on, if it was not, and the ticket is given back.
 * true: it was not. */
static inline bool hak_lock_give_up(hak_lock *lock)
{
    bool found = false;
    /* relaxed: who sees it goes away, and a ticket is worth nothing any more. Who fails
     * meanwhile has drawn a ticket: as often as there are cores. */
    uint32_t both = atomic_load_explicit(&lock->both, memory_order_relaxed);
    while (!found && !hak_lock_is_stopped_at(both))
        found = atomic_compare_exchange_strong_explicit(&lock->both, &both,
                                                        both + HAK_LOCK_FAR * HAK_LOCK_TICKET,
                                                        memory_order_relaxed, memory_order_relaxed);
    hak_port_fetch_add_32(&lock->both, 0 - HAK_LOCK_TICKET, memory_order_relaxed);
    return found;
}

/* In turn; waits for ever. */
static inline void hak_lock_take_fair(hak_lock *lock)
{
    hak_ticket drawn;
    if (!hak_lock_draw_fair(lock, &drawn))
        hak_lock_wait(lock, drawn, 0);
}

/* A ticket is drawn only when it is served at once. With tickets drawn ahead, the lock
 * would be kept for a thread that the kernel has stopped, and all others would wait for
 * that thread's next slice. Nobody is taken for stopped. */
static inline hak_ticket hak_lock_take_any(hak_lock *lock)
{
    for (unsigned turns = 0;; turns++) {
        uint32_t both = atomic_load_explicit(&lock->both, memory_order_relaxed);
        if ((uint16_t)both == both >> 16 &&
            atomic_compare_exchange_weak_explicit(&lock->both, &both, both + HAK_LOCK_TICKET,
                                                  memory_order_acquire, memory_order_relaxed))
            return both;
        hak_port_relax(turns);
    }
}

/* Take it, and wait for as long as it takes. */
static inline void hak_lock_take(hak_lock *lock)
{
    if (HAK_PORT_PREEMPTED)
        hak_lock_take_any(lock);
    else
        hak_lock_take_fair(lock);
}

/* Draw a ticket, as above, whichever the port uses. */
static inline bool hak_lock_draw(hak_lock *lock, hak_ticket *drawn)
{
    if (!HAK_PORT_PREEMPTED)
        return hak_lock_draw_fair(lock, drawn);
    *drawn = hak_lock_take_any(lock);
    return true;
}

/* Short, where the ticket is still at hand. */
static inline void hak_lock_drop_mine(hak_lock *lock, hak_ticket mine)
{
    if (HAK_PORT_ONE_CORE)
        return;
    /* release: pairs with the acquires in hak_lock_draw_fair, hak_lock_wait and _any. A
     * ticket that was served at once is in the lower half, too. */
    atomic_store_explicit(&lock->serving, (uint16_t)(mine + 1), memory_order_release);
}

static inline void hak_lock_drop(hak_lock *lock)
{
    if (!HAK_PORT_ONE_CORE)
        hak_lock_drop_mine(lock, atomic_load_explicit(&lock->both, memory_order_relaxed));
}

#endif
