/* SPDX-License-Identifier: MIT */
/*
 * fork(): the child must find hak as if no other thread had been inside. The
 * handlers are registered with the first malloc, so that others' prepare
 * handlers, which may allocate, all run before ours, and their child handlers
 * after.
 */
#include <pthread.h>

#include "preload.h"

static void child(void)
{
    heap_fork_child();
    thread_fork_child();
}

void fork_register(void)
{
    static atomic_flag registered = ATOMIC_FLAG_INIT;
    if (!atomic_flag_test_and_set(&registered))
        pthread_atfork(heap_fork_prepare, heap_fork_parent, child);
}
