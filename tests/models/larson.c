/* SPDX-License-Identifier: MIT */
/*
 * A server's heap: each thread replaces random blocks of a set, and the sets
 * change hands, so that blocks are freed by another thread than took them.
 * [Larson and Krishnan, ISMM 1998]
 */
#include "scenario.h"

#include <stdatomic.h>

enum { BLOCKS = 1000, ROUND = 2000 };

static struct set {
    size_t least_bytes, most_bytes;
    models_block block[BLOCKS];
} sets[MODELS_THREADS];

static atomic_uint arrivals; /* at the ends of rounds, by all threads */

static __attribute__((noinline)) void take(models_run *run, const struct set *set, models_block *b,
                                           uint64_t random)
{
    size_t size = set->least_bytes + (random >> 33) % (set->most_bytes - set->least_bytes + 1);
    models_hold(run, b, run->heap.allocate(size), size);
}

static void fill(models_run *run, size_t least, size_t most)
{
    struct set *set = &sets[run->thread];
    set->least_bytes = least;
    set->most_bytes = most;
    if (run->thread == 0)
        atomic_store(&arrivals, 0);
    for (unsigned i = 0; i < BLOCKS; i++)
        take(run, set, &set->block[i], kit_random(&run->seed));
}

void larson_small(models_run *run) { fill(run, 8, 1024); }
void larson_big(models_run *run) { fill(run, 16 << 10, 32 << 10); }

/* Wait for all threads to end their n-th round. */
static void round_ends(const models_run *run, unsigned n)
{
    atomic_fetch_add(&arrivals, 1);
    while (atomic_load(&arrivals) < n * run->threads)
        kit_relax();
}

void larson_work(models_run *run)
{
    unsigned left = run->operations;
    for (unsigned round = 0; left != 0; round++) {
        struct set *set = &sets[(run->thread + round) % run->threads];
        unsigned count = left < ROUND ? left : ROUND;
        left -= count;
        while (count-- > 0) {
            uint64_t random = kit_random(&run->seed);
            models_block *b = &set->block[(random >> 16) % BLOCKS];
            models_give(run, b);
            take(run, set, b, random);
        }
        round_ends(run, round + 1);
    }
}

void larson_finish(models_run *run)
{
    for (unsigned i = 0; i < BLOCKS; i++)
        models_give(run, &sets[run->thread].block[i]);
}
