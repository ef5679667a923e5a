/* SPDX-License-Identifier: MIT */
/*
 * A second preloaded object, initialised before the first: its constructor
 * allocates and starts a thread, long before hak's constructor runs, and it
 * registers fork handlers that allocate. early_main.c asks it how it went.
 */
#include <pthread.h>
#include <sys/wait.h>

#include "real.h"

static real_block *first, *others[100];
static int children, prepared;
static pthread_key_t key;
static __thread real_block *of_thread;

real_block *early_first(void);
int early_prepared(void);
void early_key(void *value);

real_block *early_first(void) { return first; }
int early_prepared(void) { return prepared; }
void early_key(void *value) { CHECK(pthread_setspecific(key, value) == 0); }

static void prepare(void)
{
    prepared++;
    block_free(block_new(50000)); /* by the run layer, under its lock */
}

static void child(void)
{
    children++;
    block_free(block_new(50000));
}

static void *thread_body(void *argument)
{
    of_thread = block_new(3000);
    for (unsigned i = 0; i < 100; i++)
        others[i] = block_new(10 * i + 1);
    block_free(of_thread);
    return argument;
}

static void free_twice_used(void *p)
{
    block_free(p);
    block_free(block_new(77));
}

__attribute__((constructor(101))) static void start(void)
{
    pthread_t thread;
    alarm(20); /* in case of a deadlock */
    first = block_new(100000);
    CHECK(pthread_atfork(prepare, prepare, child) == 0);
    /* Keys from 32 on make glibc allocate in pthread_setspecific. */
    for (unsigned i = 0; i < 40; i++)
        CHECK(pthread_key_create(&key, free_twice_used) == 0);
    CHECK(pthread_create(&thread, NULL, thread_body, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    for (unsigned i = 0; i < 100; i++)
        block_free(others[i]);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        alarm(20);
        block_free(block_new(10));
        _exit(children == 1 ? 0 : 1);
    }
    int status;
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    alarm(0);
}

/* After main, and after most other destructors. */
__attribute__((destructor(101))) static void end(void) { block_free(first); }
