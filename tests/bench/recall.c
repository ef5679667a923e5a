/* SPDX-License-Identifier: MIT */
/*
 * A call that recalls all that is retained: as many empty pages as there can
 * be, of this core and of cores that went idle; then a request that no heap
 * this large can meet.
 */
#include "bench.h"

enum { TRIES = 400, MOST_CLASSES = 64, CORES_MOST = 4 };

/* A size of each class, and each core's block of it. */
static size_t sizes[MOST_CLASSES];
static void *block[CORES_MOST][MOST_CLASSES];
static unsigned classes;

/* A block from a page; NULL: the pools do not answer. */
static void *from_a_page(size_t size)
{
    hak_stats s;
    for (unsigned i = 0; i < TRIES; i++) {
        hak_stats_get(&s);
        size_t before = s.malloc_pool;
        void *p = hak_malloc(size);
        hak_stats_get(&s);
        if (s.malloc_pool != before)
            return p;
        hak_free(p);
    }
    return NULL;
}

/* A size belongs to a new class if the pool answers. */
static void find_classes(void)
{
    for (size_t size = 1; classes < MOST_CLASSES; size = sizes[classes++] + 1) {
        block[0][classes] = from_a_page(size);
        if (block[0][classes] == NULL)
            return;
        sizes[classes] = hak_usable_size(block[0][classes]);
    }
}

/* A page of each class, with one block. */
static void own(unsigned core, void *context)
{
    (void)context;
    if (core == 0)
        return;
    for (unsigned i = 0; i < classes; i++)
        block[core][i] = from_a_page(sizes[i]);
}

static void sleep(unsigned core, void *context)
{
    (void)context;
    if (core != 0)
        hak_core_idle();
}

static void free_all(void)
{
    for (unsigned core = 0; core < CORES_MOST; core++)
        for (unsigned i = 0; i < classes; i++) {
            hak_free(block[core][i]);
            block[core][i] = NULL;
        }
}

static void recall(const char *name)
{
    bench_cost cost = {0};
    hak_stats before, after;
    hak_stats_get(&before);
    void *p = bench_malloc((size_t)1 << 33);
    bench_add(&cost);
    hak_stats_get(&after);
    if (p != NULL || after.recalls == before.recalls)
        kit_print("bench: the call did not recall\n");
    kit_print("= recalled_%s %zu %u %zu\n", name, before.retained_pages, classes,
              after.pages_retired - before.pages_retired);
    bench_print("recall", name, &cost);
}

void bench_recall(void)
{
    find_classes();
    free_all();
    recall("own");
    recall("nothing");
    for (unsigned i = 0; i < classes; i++)
        block[0][i] = from_a_page(sizes[i]);
    kit_parallel(kit_cores(), own, NULL);
    kit_parallel(kit_cores(), sleep, NULL);
    free_all();
    recall("idle_cores");
}
