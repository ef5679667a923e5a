/* SPDX-License-Identifier: MIT */
/*
 * threads N          N threads start, work and end, a few at a time: nothing may leak
 * threads last N     N threads whose first malloc comes in the last round of key
 *                    destructors, when nobody can tell any more that they end
 * threads crowd N    N threads live at once, passing blocks to each other
 * threads strand N   N threads fill a page each, free all but one block and end;
 *                    what they freed serves the next one
 */
#include <malloc.h>
#include <pthread.h>

#include "real.h"

enum { TOGETHER = 8, KEPT = 8, SLOTS = 256, ROUNDS = 2000 };

static pthread_key_t key;

/* An ending thread's destructors allocate, too. */
static void destructor(void *p)
{
    free(p);
    block_free(block_new(100));
}

static void *short_life(void *argument)
{
    uint32_t seed = (uint32_t)(uintptr_t)argument | 1;
    real_block *kept[KEPT];
    for (unsigned i = 0; i < KEPT; i++)
        kept[i] = block_new(random_size(&seed) % 2000 + 1);
    pthread_setspecific(key, malloc(50));
    for (unsigned i = 0; i < KEPT - 1; i++)
        block_free(kept[i]);
    return kept[KEPT - 1]; /* freed by another thread */
}

static void start_and_end(unsigned count, unsigned *seed)
{
    pthread_t thread[TOGETHER];
    for (unsigned done = 0; done < count; done += TOGETHER) {
        for (unsigned i = 0; i < TOGETHER; i++)
            CHECK(pthread_create(&thread[i], NULL, short_life, (void *)(uintptr_t)++ * seed) == 0);
        for (unsigned i = 0; i < TOGETHER; i++) {
            void *last;
            CHECK(pthread_join(thread[i], &last) == 0);
            block_free(last);
        }
    }
}

static void many(unsigned count)
{
    unsigned seed = 0;
    CHECK(pthread_key_create(&key, destructor) == 0);
    start_and_end(count / 10, &seed);
    size_t live = mallinfo2().uordblks, resident = resident_bytes();
    start_and_end(count - count / 10, &seed);
    size_t live_now = mallinfo2().uordblks, resident_now = resident_bytes();
    if (live_now > live + 4096 || resident_now > resident + (2u << 20))
        fprintf(stderr, "live %zu -> %zu, resident %zu -> %zu\n", live, live_now, resident,
                resident_now);
    CHECK(live_now <= live + 4096 && resident_now <= resident + (2u << 20));
}

static void late_destructor(void *round)
{
    if ((uintptr_t)round < 4)
        pthread_setspecific(key, (void *)((uintptr_t)round + 1));
    else
        block_free(block_new(100));
}

static void *late_life(void *unused)
{
    pthread_setspecific(key, (void *)1);
    return unused;
}

static void *busy_life(void *unused)
{
    for (unsigned i = 0; i < 200000; i++)
        block_free(block_new(100));
    return unused;
}

static void last_round(unsigned count)
{
    pthread_t thread;
    CHECK(pthread_key_create(&key, late_destructor) == 0);
    for (unsigned i = 0; i < count; i++) {
        CHECK(pthread_create(&thread, NULL, late_life, NULL) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
    }
    /* There must be a core for this one: nearly all is served by its pool. */
    CHECK(pthread_create(&thread, NULL, busy_life, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
}

static _Atomic(real_block *) slots[SLOTS];
static pthread_barrier_t all_there;

static void *crowd_life(void *argument)
{
    uint32_t seed = (uint32_t)(uintptr_t)argument | 1;
    real_block *own = block_new(10);
    pthread_barrier_wait(&all_there); /* nobody ends before all have begun */
    for (unsigned i = 0; i < ROUNDS; i++) {
        real_block *mine = block_new(random_size(&seed));
        real_block *other = atomic_exchange(&slots[random_next(&seed) % SLOTS], mine);
        if (other != NULL)
            block_free(other);
    }
    pthread_barrier_wait(&all_there);
    block_free(own);
    return NULL;
}

static void crowd(unsigned count)
{
    pthread_t *thread = calloc(count, sizeof *thread);
    CHECK(pthread_barrier_init(&all_there, NULL, count) == 0);
    for (unsigned i = 0; i < count; i++)
        CHECK(pthread_create(&thread[i], NULL, crowd_life, (void *)(uintptr_t)(i * 77 + 5)) == 0);
    for (unsigned i = 0; i < count; i++)
        CHECK(pthread_join(thread[i], NULL) == 0);
    for (unsigned i = 0; i < SLOTS; i++)
        if (slots[i] != NULL)
            block_free(slots[i]);
    free(thread);
}

enum { PAGE_BLOCKS = 60, BLOCK_BYTES = 1000 };

static void *strand_life(void *unused)
{
    real_block *kept[PAGE_BLOCKS];
    (void)unused;
    for (unsigned i = 0; i < PAGE_BLOCKS; i++)
        kept[i] = block_new(BLOCK_BYTES);
    pthread_barrier_wait(&all_there);
    /* The first few came from the run layer; the last one is in the page. */
    for (unsigned i = 0; i < PAGE_BLOCKS - 1; i++)
        block_free(kept[i]);
    return kept[PAGE_BLOCKS - 1];
}

static void strand(unsigned count)
{
    pthread_t *thread = calloc(count, sizeof *thread);
    void **kept = calloc(count, sizeof *kept);
    unsigned many_blocks = count * (PAGE_BLOCKS - 2);
    real_block **blocks = calloc(many_blocks, sizeof *blocks);
    CHECK(pthread_barrier_init(&all_there, NULL, count) == 0);
    for (unsigned i = 0; i < count; i++)
        CHECK(pthread_create(&thread[i], NULL, strand_life, NULL) == 0);
    for (unsigned i = 0; i < count; i++)
        CHECK(pthread_join(thread[i], &kept[i]) == 0);
    size_t peak = mallinfo2().usmblks;
    for (unsigned i = 0; i < many_blocks; i++)
        blocks[i] = block_new(BLOCK_BYTES);
    CHECK(mallinfo2().usmblks < peak + (512u << 10));
    for (unsigned i = 0; i < many_blocks; i++)
        block_free(blocks[i]);
    for (unsigned i = 0; i < count; i++)
        block_free(kept[i]);
    free(blocks);
    free(kept);
    free(thread);
}

int main(int count, char **arguments)
{
    unsigned n = count > 1 ? (unsigned)atoi(arguments[count - 1]) : 0;
    CHECK(n > 0);
    if (count == 2)
        many(n);
    else if (strcmp(arguments[1], "last") == 0)
        last_round(n);
    else if (strcmp(arguments[1], "strand") == 0)
        strand(n);
    else
        crowd(n);
    return 0;
}
