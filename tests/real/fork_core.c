/* SPDX-License-Identifier: MIT */
/*
 * src/fork.c by itself, linked with the library: fork N times while threads
 * allocate, free each other's blocks and drain. In the child hak_check must be
 * content, and a walk must count just the blocks that hak_stats_get() counts.
 */
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "hak.h"
#include "hak_fork.h"
#include "hak_host.h"
#include "real.h"

enum { THREADS = 3, SLOTS = 128, CHILD_SECONDS = 20, BIG = 300000 };
static const size_t HEAP_BYTES = (size_t)16 << 20;

static _Atomic(void *) slots[SLOTS];
static atomic_int stop;

static void *worker(void *argument)
{
    uint32_t seed = (uint32_t)(uintptr_t)argument | 1;
    CHECK(hak_host_enter());
    while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
        void *mine =
            hak_malloc(random_next(&seed) % 3 == 0 ? 20000 : 200 + random_next(&seed) % 2 * 600);
        CHECK(mine != NULL);
        hak_free(hak_malloc(BIG)); /* through the reuse cache */
        hak_free(atomic_exchange(&slots[random_next(&seed) % SLOTS], mine));
    }
    return NULL;
}

typedef struct count {
    size_t blocks, bytes;
} count;

static int visit(const hak_block *shown, void *context)
{
    count *sum = context;
    if (shown->kind == HAK_BLOCK_LIVE) {
        sum->blocks++;
        sum->bytes += shown->size_bytes;
    }
    return 0;
}

static void check_child(void)
{
    count sum = {0, 0};
    hak_stats stats;
    alarm(CHILD_SECONDS);
    hak_host_only_this_thread();
    const char *broken = hak_check();
    if (broken != NULL)
        fprintf(stderr, "hak_check: %s\n", broken);
    CHECK(broken == NULL);
    CHECK(hak_walk(visit, &sum) == 0);
    hak_stats_get(&stats);
    if (sum.blocks != stats.live_blocks || sum.bytes != stats.live_bytes)
        fprintf(stderr, "blocks %zu, counted %zu; bytes %zu, counted %zu\n", sum.blocks,
                stats.live_blocks, sum.bytes, stats.live_bytes);
    CHECK(sum.blocks == stats.live_blocks && sum.bytes == stats.live_bytes);
    CHECK(stats.cached_blocks == 0);
    for (unsigned i = 0; i < SLOTS; i++)
        hak_free(atomic_exchange(&slots[i], NULL));
    /* What is left is what the vanished threads had in their hands, and what
     * they had just taken. */
    hak_stats_get(&stats);
    CHECK(stats.live_blocks <= 3 * THREADS && stats.faults == 0);
    /* All else can be had, in one piece but for those few. */
    CHECK(hak_malloc(HEAP_BYTES / (4 * THREADS)) != NULL && hak_check() == NULL);
    _exit(0);
}

int main(int argument_count, char **arguments)
{
    unsigned forks = argument_count == 2 ? (unsigned)atoi(arguments[1]) : 0;
    pthread_t thread[THREADS];
    void *heap = mmap(NULL, HEAP_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(forks > 0 && heap != MAP_FAILED && hak_init(heap, HEAP_BYTES) == HAK_OK);
    CHECK(hak_host_enter());
    CHECK(pthread_atfork(hak_fork_prepare, hak_fork_parent, hak_fork_child) == 0);
    for (unsigned i = 0; i < THREADS; i++)
        CHECK(pthread_create(&thread[i], NULL, worker, (void *)(uintptr_t)(i * 99 + 7)) == 0);
    for (unsigned i = 0; i < forks; i++) {
        int status;
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0)
            check_child();
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(status == 0);
    }
    atomic_store(&stop, 1);
    for (unsigned i = 0; i < THREADS; i++)
        CHECK(pthread_join(thread[i], NULL) == 0);
    CHECK(hak_check() == NULL);
    hak_stats stats;
    hak_stats_get(&stats);
    CHECK(stats.malloc_cache != 0 && stats.faults == 0);
    return 0;
}
