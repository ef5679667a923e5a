/* SPDX-License-Identifier: MIT */
/* See early.c. Also: thread-local data with destructors, and atexit handlers. */
#include <pthread.h>
#include <sys/wait.h>

#include "real.h"

real_block *early_first(void) __attribute__((weak));
int early_prepared(void) __attribute__((weak));
void early_key(void *value) __attribute__((weak));

int __cxa_thread_atexit_impl(void (*destructor)(void *), void *object, void *dso);
extern void *__dso_handle;

static real_block *at_exit;

/* As a C++ thread_local's destructor. */
static void local_destructor(void *p) { block_free(p); }

static void *thread_body(void *argument)
{
    CHECK(__cxa_thread_atexit_impl(local_destructor, block_new(500), &__dso_handle) == 0);
    early_key(block_new(600));
    return argument;
}

static void last_words(void)
{
    block_free(at_exit);
    block_free(block_new(99));
}

int main(void)
{
    pthread_t thread;
    CHECK(early_first != NULL && block_whole(early_first()) && early_prepared() == 2);
    at_exit = block_new(300);
    CHECK(atexit(last_words) == 0);
    for (unsigned i = 0; i < 100; i++) {
        CHECK(pthread_create(&thread, NULL, thread_body, NULL) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
    }
    alarm(20); /* early.c's handlers allocate: not under hak's lock */
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0)
        _exit(block_whole(early_first()) ? 0 : 1);
    int status;
    CHECK(waitpid(child, &status, 0) == child && status == 0 && early_prepared() == 4);
    return 0;
}
