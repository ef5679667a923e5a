/* SPDX-License-Identifier: MIT */
/*
 * forks N: fork N times from a process whose other threads allocate and free
 * all the time. Each child uses what it inherited, starts threads and forks in
 * its turn. A child that hangs is ended by its alarm.
 * forks cores N: one child of a process whose N threads have all cores; there
 * must be one for the child's new thread.
 */
#include <pthread.h>
#include <sys/wait.h>

#include "real.h"

enum { THREADS = 4, SLOTS = 64, CHILD_BLOCKS = 500, CHILD_SECONDS = 20 };

static _Atomic(real_block *) slots[SLOTS];
static atomic_int stop;

static void churn(uint32_t *seed)
{
    real_block *mine = block_new(random_size(seed));
    real_block *other = atomic_exchange(&slots[random_next(seed) % SLOTS], mine);
    if (other != NULL)
        block_free(other);
}

static void *worker(void *argument)
{
    uint32_t seed = (uint32_t)(uintptr_t)argument | 1;
    while (!atomic_load_explicit(&stop, memory_order_relaxed))
        churn(&seed);
    return NULL;
}

static void *child_worker(void *argument)
{
    uint32_t seed = (uint32_t)(uintptr_t)argument | 1;
    for (unsigned i = 0; i < CHILD_BLOCKS; i++)
        churn(&seed);
    return NULL;
}

/* Other handlers may allocate on both sides. */
static void handler(void) { block_free(block_new(100)); }

/* What a child does: free the parent's blocks, allocate, start a thread; then
 * start the same once more in a child of its own, and end. */
static void live_as_child(uint32_t seed, unsigned generations)
{
    real_block *kept[CHILD_BLOCKS];
    pthread_t thread;
    pid_t grandchild = 0;
    int status = 0;
    do {
        alarm(CHILD_SECONDS);
        for (unsigned i = 0; i < SLOTS; i++) {
            real_block *inherited = atomic_exchange(&slots[i], NULL);
            if (inherited != NULL)
                block_free(inherited);
        }
        for (unsigned i = 0; i < CHILD_BLOCKS; i++)
            kept[i] = block_new(random_size(&seed));
        CHECK(pthread_create(&thread, NULL, child_worker, (void *)(uintptr_t)seed) == 0);
        grandchild = generations-- > 1 ? fork() : -1; /* the thread is running */
    } while (grandchild == 0);
    CHECK(grandchild < 0 || (waitpid(grandchild, &status, 0) == grandchild && status == 0));
    CHECK(pthread_join(thread, NULL) == 0);
    for (unsigned i = 0; i < CHILD_BLOCKS; i++)
        block_free(kept[i]);
    exit(0); /* not _exit: the preload checks the heap at exit */
}

static pthread_barrier_t all_there;

static void *holder(void *unused)
{
    block_free(block_new(100));
    pthread_barrier_wait(&all_there);
    pause();
    return unused;
}

static void *busy(void *unused)
{
    for (unsigned i = 0; i < 200000; i++)
        block_free(block_new(100));
    return unused;
}

static int take_all_cores(unsigned threads)
{
    pthread_t thread;
    int status;
    CHECK(threads > 0 && pthread_barrier_init(&all_there, NULL, threads + 1) == 0);
    for (unsigned i = 0; i < threads; i++)
        CHECK(pthread_create(&thread, NULL, holder, NULL) == 0);
    pthread_barrier_wait(&all_there);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(pthread_create(&thread, NULL, busy, NULL) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
        return 0;
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    return 0;
}

int main(int count, char **arguments)
{
    unsigned forks = count == 2 ? (unsigned)atoi(arguments[1]) : 0;
    pthread_t thread[THREADS];
    if (count == 3)
        return take_all_cores((unsigned)atoi(arguments[2]));
    CHECK(forks > 0 && pthread_atfork(handler, handler, handler) == 0);
    for (unsigned i = 0; i < THREADS; i++)
        CHECK(pthread_create(&thread[i], NULL, worker, (void *)(uintptr_t)(i * 99 + 7)) == 0);
    for (unsigned i = 0; i < forks; i++) {
        int status;
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0)
            live_as_child(i * 12345 + 1, 2);
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(status == 0);
        block_free(block_new(1000));
    }
    atomic_store(&stop, 1);
    for (unsigned i = 0; i < THREADS; i++)
        CHECK(pthread_join(thread[i], NULL) == 0);
    return 0;
}
