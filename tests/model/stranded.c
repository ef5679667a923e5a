/* SPDX-License-Identifier: MIT */
/*
 * Memory that other cores freed is to be had: all of it if they went idle,
 * else all but the one page of each class that a core keeps to itself.
 *   heap=1M  cores=4
 */
#include "inside.h"
#include "shadow.h"

#include <stdatomic.h>

/* Blocks are chained through their first word. */
typedef struct chain {
    struct chain *next;
} chain;

enum { CORES_MOST = 4, MIXED = 0 };

static unsigned cores;
static struct {
    size_t size;       /* of the blocks; MIXED: each class in turn */
    unsigned keep_one; /* of so many, free the rest */
    bool idle;
    size_t most_bytes; /* each core takes no more */
    chain *kept[CORES_MOST];
    size_t freed[CORES_MOST]; /* bytes */
} job;

static size_t size_of_turn(size_t turn)
{
    return job.size != MIXED ? job.size : inside_class_bytes((unsigned)(turn % inside_classes()));
}

/* Allocate until there is no more, at most so many bytes. */
static chain *fill(size_t most_bytes, size_t *bytes)
{
    chain *first = NULL;
    size_t turn = 0, failures = 0;
    for (*bytes = 0; *bytes < most_bytes && failures <= inside_classes(); turn++) {
        chain *c = hak_malloc(size_of_turn(turn));
        failures += c == NULL;
        if (c == NULL)
            continue;
        c->next = first;
        first = c;
        *bytes += hak_usable_size(c);
    }
    return first;
}

/* Free all but every keep_one-th; the chain of those that are left. */
static chain *thin_out(chain *c, unsigned keep_one, size_t *freed)
{
    chain *kept = NULL;
    *freed = 0;
    for (unsigned i = 1; c != NULL; i++) {
        chain *next = c->next;
        if (keep_one != 0 && i % keep_one == 0) {
            c->next = kept;
            kept = c;
        } else {
            *freed += hak_usable_size(c);
            hak_free(c);
        }
        c = next;
    }
    return kept;
}

static atomic_uint filled; /* cores that have taken their share */

/* All cores but 0 fill the heap together, then free. */
static void other_core(unsigned core, void *context)
{
    size_t bytes;
    (void)context;
    if (core == 0)
        return;
    chain *c = fill(job.most_bytes, &bytes);
    atomic_fetch_add(&filled, 1);
    while (atomic_load(&filled) < cores - 1)
        kit_relax();
    job.kept[core] = thin_out(c, job.keep_one, &job.freed[core]);
    if (job.idle)
        hak_core_idle();
}

static void idle_core(unsigned core, void *context)
{
    (void)core;
    (void)context;
    hak_core_idle();
}

/* Core 0 takes what the others freed; false if more than `bound` is missing. */
static bool core_0_takes(size_t bound)
{
    size_t freed = 0, got, ignored;
    for (unsigned i = 1; i < cores; i++)
        freed += job.freed[i];
    HOLDS(freed != 0);
    chain *taken = fill(SIZE_MAX, &got);
    if (got + bound < freed)
        kit_print("size %zu: %zu bytes freed, %zu to be had, bound %zu\n", job.size, freed, got,
                  bound);
    HOLDS(got + bound >= freed);
    thin_out(taken, 0, &ignored);
    return true;
}

/* Everything was freed: what does not come back is what they keep. */
static bool pages_come_back(size_t bound)
{
    hak_stats stats;
    hak_stats_get(&stats);
    HOLDS(hak_malloc(stats.heap_bytes) == NULL);
    hak_stats_get(&stats);
    HOLDS(stats.page_bytes <= bound);
    return true;
}

/* Where only blocks of one size were freed, and no page kept, exactly those fit
 * again. Else they may be packed in another way: a page of each class as well. */
static bool one_round(size_t size, unsigned keep_one, bool idle)
{
    size_t ignored, kept = idle ? 0 : (cores - 1) * inside_pages_of_a_core();
    size_t packing = keep_one == 2 && size != MIXED ? 0 : inside_pages_of_a_core();
    job.size = size;
    job.keep_one = keep_one;
    job.idle = idle;
    job.most_bytes = SIZE_MAX;
    atomic_store(&filled, 0);
    kit_parallel(cores, other_core, NULL);
    HOLDS(hak_check() == NULL);
    HOLDS(keep_one != 0 || pages_come_back(kept));
    HOLDS(core_0_takes(kept + packing));
    for (unsigned i = 1; i < cores; i++)
        thin_out(job.kept[i], 0, &ignored);
    kit_parallel(cores, idle_core, NULL);
    return shadow_all_back();
}

static bool all_sizes(unsigned keep_one, bool idle)
{
    HOLDS(inside_classes() != 0);
    for (unsigned i = 0; i < inside_classes(); i++)
        HOLDS(one_round(inside_class_bytes(i), keep_one, idle));
    HOLDS(one_round(2 * inside_class_bytes(inside_classes() - 1), keep_one, idle));
    return one_round(MIXED, keep_one, idle);
}

/* An idle core's current pages are adopted at once, before new ones are made. */
static void test_adopted(void)
{
    hak_stats before, after;
    size_t size = inside_class_bytes(3), bytes, ignored;
    job.size = size;
    job.keep_one = 10;
    job.idle = true;
    job.most_bytes = 40 * size;
    atomic_store(&filled, cores - 2);
    kit_parallel(2, other_core, NULL);
    hak_stats_get(&before);
    job.most_bytes = SIZE_MAX;
    chain *c = fill(size, &bytes);
    hak_stats_get(&after);
    KIT_CHECK(before.page_bytes != 0 && after.page_bytes == before.page_bytes);
    KIT_CHECK(after.refill_adopt == before.refill_adopt + 1 && after.recalls == before.recalls);
    thin_out(c, 0, &ignored);
    thin_out(job.kept[1], 0, &ignored);
    kit_parallel(cores, idle_core, NULL);
    KIT_CHECK(shadow_all_back());
}

static void test_every_second_and_idle(void) { all_sizes(2, true); }
static void test_every_second(void) { all_sizes(2, false); }
static void test_all_and_idle(void) { all_sizes(0, true); }
static void test_all(void) { all_sizes(0, false); }
static void test_most_and_idle(void) { all_sizes(61, true); }

int kit_main(void)
{
    static const kit_case cases[] = {
        {"stranded_adopted", test_adopted},
        {"stranded_every_second_then_idle", test_every_second_and_idle},
        {"stranded_every_second", test_every_second},
        {"stranded_all_then_idle", test_all_and_idle},
        {"stranded_all", test_all},
        {"stranded_most_then_idle", test_most_and_idle},
    };
    cores = (unsigned)kit_argument_number("cores", 2);
    if (cores < 2 || cores > CORES_MOST || cores > kit_cores() ||
        !shadow_start((size_t)kit_argument_number("heap", 1 << 20), 0, 1))
        return 2;
    return kit_run_cases(cases, sizeof cases / sizeof cases[0]);
}
