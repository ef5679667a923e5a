/* SPDX-License-Identifier: MIT */
/*
 * A lock that sleeps, without libc's mutexes: those may not be ready when the
 * first malloc comes.  [Drepper, Futexes are tricky, 2004: the third mutex]
 */
#ifndef HAK_SLEEP_LOCK_H
#define HAK_SLEEP_LOCK_H

#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* 0: free; 1: held; 2: held, and someone may sleep. */
typedef _Atomic(uint32_t) sleep_lock;

static inline void sleep_lock_take(sleep_lock *lock)
{
    uint32_t was = 0;
    int saved = errno;
    /* acquire: pairs with the release in sleep_lock_drop, here and below */
    if (atomic_compare_exchange_strong_explicit(lock, &was, 1, memory_order_acquire,
                                                memory_order_relaxed))
        return;
    while (atomic_exchange_explicit(lock, 2, memory_order_acquire) != 0)
        syscall(SYS_futex, lock, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0);
    errno = saved;
}

static inline void sleep_lock_drop(sleep_lock *lock)
{
    int saved = errno;
    if (atomic_exchange_explicit(lock, 0, memory_order_release) == 2)
        syscall(SYS_futex, lock, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    errno = saved;
}

/* In a forked child, whose other threads are gone: nobody holds it. */
static inline void sleep_lock_reset(sleep_lock *lock)
{
    atomic_store_explicit(lock, 0, memory_order_relaxed);
}

#endif
