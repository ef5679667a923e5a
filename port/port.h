/* SPDX-License-Identifier: MIT */
/*
 * What hak needs from a machine. port_arch.h, found by the include path
 * (port/<arch>/port_arch.h), supplies:
 *
 *   HAK_PORT_WORD_BITS          64 or 32
 *   HAK_PORT_CORE_MAY_BE_NONE   1 if hak_port_core() may answer "none"
 *   hak_mask                    the type that keeps an interrupt mask's state
 *   hak_port_core()             which core this is, from 0; HAK_CORES or more
 *                               means "a core without a pool of its own"
 *   hak_port_mask()             hold interrupts off on this core; the old state
 *   hak_port_unmask(state)      put that state back; the pair nests
 *   hak_port_relax(turns)       called while waiting for the lock, turns = how
 *                               often it was called in this wait
 *   hak_port_ctz(w), hak_port_clz(w)  zeros below the lowest and above the
 *                               highest set bit of a word that is not 0
 *   hak_port_popcount(w)        set bits of a word
 *   HAK_PORT_CALL_SITE()        the return address of the public function that
 *                               uses it before it calls anything else
 *   hak_port_get(w), hak_port_set(w, v)  relaxed atomic load and store of a word
 *   hak_port_set_byte(b, v)     the same for the low byte of v
 *
 * This header derives the rest: words, atomics, the fair lock.
 */
#ifndef HAK_PORT_H
#define HAK_PORT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "port_arch.h"

typedef uintptr_t hak_word;
_Static_assert(sizeof(hak_word) * 8 == HAK_PORT_WORD_BITS, "port_arch.h: word size");

typedef _Atomic(hak_word) hak_atomic;

/*
 * A ticket lock: first come, first served, so that with n cores nobody waits
 * for more than n - 1 holds. Take it with interrupts masked.
 * [fair lock: Reed and Kanodia's eventcounts and sequencers, CACM 1979]
 */
typedef struct hak_lock {
    _Atomic(uint32_t) next;    /* the next ticket to hand out */
    _Atomic(uint32_t) serving; /* the ticket whose turn it is */
} hak_lock;

static inline void hak_lock_take(hak_lock *lock)
{
    uint32_t mine = atomic_fetch_add_explicit(&lock->next, 1, memory_order_relaxed);
    /* acquire: pairs with the release in hak_lock_drop */
    for (unsigned turns = 0; atomic_load_explicit(&lock->serving, memory_order_acquire) != mine;
         turns++)
        hak_port_relax(turns);
}

static inline void hak_lock_drop(hak_lock *lock)
{
    uint32_t mine = atomic_load_explicit(&lock->serving, memory_order_relaxed);
    /* release: pairs with the acquire in hak_lock_take */
    atomic_store_explicit(&lock->serving, mine + 1, memory_order_release);
}

#endif
