/* SPDX-License-Identifier: MIT */
/*
 * Which thread is which core. A thread takes a number with its first call and
 * gives it back when it ends; threads that find none take turns in the run
 * layer.
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>

#include "hak_host.h"
#include "preload.h"
#include "sleep_lock.h"

/* A thread without a core looks for one again after so many calls. */
enum { CALLS_BETWEEN_LOOKS = 1024 };

_Thread_local unsigned thread_faults;
_Thread_local unsigned thread_frees;

static _Thread_local unsigned calls_without; /* by this thread */
static _Thread_local bool left;              /* it gave its core back: it is about to end */

static pthread_key_t key;   /* value: how often its destructor will have been called next time */
static atomic_bool ready;   /* the key is made: threads can take cores */
static sleep_lock turn;     /* of the threads without a core */
static atomic_size_t turns; /* that were given; changed by who has the turn */

/* The thread that has the core; 0: none, or one that is just coming or going. */
static _Atomic(pid_t) holder[HAK_CORES];

static inline pid_t thread_id(void) { return (pid_t)syscall(SYS_gettid); }

static void give_core_back(void)
{
    left = true;
    if (hak_host_core_plus_1 == 0)
        return;
    atomic_store_explicit(&holder[hak_host_core_plus_1 - 1], 0, memory_order_relaxed);
    hak_core_idle();
    hak_host_leave();
}

/* The key's destructor. It puts itself off to the last round, because other
 * destructors allocate and free. */
static void at_thread_end(void *round)
{
    uintptr_t next = (uintptr_t)round + 1;
    if (next > PTHREAD_DESTRUCTOR_ITERATIONS || pthread_setspecific(key, (void *)next) != 0)
        give_core_back();
}

/* Some thread ended without a word (its first malloc came in the last round of
 * destructors, or it left by a bare exit(2)): take over its core. */
static bool inherit_core(pid_t me)
{
    for (unsigned core = 0; core < HAK_CORES; core++) {
        pid_t other = atomic_load_explicit(&holder[core], memory_order_relaxed);
        if (other == 0 || syscall(SYS_tgkill, getpid(), other, 0) == 0 || errno != ESRCH)
            continue;
        if (atomic_compare_exchange_strong(&holder[core], &other, me)) {
            hak_host_core_plus_1 = core + 1;
            return true;
        }
    }
    return false;
}

static bool take_core(void)
{
    int saved = errno;
    pid_t me = thread_id();
    bool has = hak_host_enter() || inherit_core(me);
    if (has) {
        atomic_store_explicit(&holder[hak_host_core_plus_1 - 1], me, memory_order_relaxed);
        /* This may allocate: on the core that we have. */
        pthread_setspecific(key, (void *)1);
    }
    errno = saved;
    return has;
}

bool thread_without_core(void)
{
    bool may = !left && atomic_load_explicit(&ready, memory_order_acquire);
    if (may && calls_without++ % CALLS_BETWEEN_LOOKS == 0 && take_core())
        return false;
    sleep_lock_take(&turn);
    size_t given = atomic_load_explicit(&turns, memory_order_relaxed);
    atomic_store_explicit(&turns, given + 1, memory_order_relaxed);
    return true;
}

size_t thread_turns(void) { return atomic_load_explicit(&turns, memory_order_relaxed); }

void thread_end_turn(void) { sleep_lock_drop(&turn); }

void thread_fork_child(void)
{
    hak_host_only_this_thread();
    sleep_lock_reset(&turn);
    for (unsigned core = 0; core < HAK_CORES; core++) {
        bool mine = core + 1 == hak_host_core_plus_1;
        atomic_store_explicit(&holder[core], mine ? thread_id() : 0, memory_order_relaxed);
    }
}

/* Until now, everything came from the run layer. */
__attribute__((constructor(101))) static void start(void)
{
    heap_start();
    report_start();
    if (pthread_key_create(&key, at_thread_end) == 0)
        atomic_store_explicit(&ready, true, memory_order_release);
}
