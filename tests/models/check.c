/* SPDX-License-Identifier: MIT */
/* The scenarios, each block's contents looked at. host and A64, hak linked in. */
#include "hak.h"
#include "scenario.h"

static bool is_whole(const models_scenario *s, models_heap heap, unsigned threads)
{
    models_run run = {.heap = heap, .verify = true, .operations = 4000, .seed = 1};
    models_measure(s, &run, threads);
    return run.wrong == 0 && run.failures == 0;
}

static void scenarios(void)
{
    for (const models_scenario *s = models_scenarios; s->name != NULL; s++)
        for (unsigned threads = 1; threads <= (s->threaded && kit_cores() > 1 ? 2 : 1); threads++)
            KIT_CHECK(is_whole(s, (models_heap){hak_malloc, hak_free}, threads));
    KIT_CHECK(hak_check() == NULL);
}

static void nothing_is_left(void)
{
    hak_stats s;
    hak_stats_get(&s);
    KIT_CHECK(s.live_blocks == 0);
    KIT_CHECK(s.faults == 0);
}

/* A heap that hands out the same block again is noticed where blocks are live
 * side by side: so the pattern is worth something. */
static void *shared;
static void *always_the_same(size_t size) { return size == 0 ? NULL : shared; }
static void keep(void *block) { (void)block; }

static void overlap_is_noticed(void)
{
    static const char *const live[] = {"vm_ring", "vm_batch", "mixed", "larson_small"};
    shared = hak_malloc(2 << 20);
    KIT_CHECK(shared != NULL);
    for (unsigned i = 0; i < sizeof live / sizeof live[0]; i++)
        KIT_CHECK(!is_whole(models_find(live[i]), (models_heap){always_the_same, keep}, 1));
    hak_free(shared);
}

static void *none(size_t size)
{
    (void)size;
    return NULL;
}

static void failure_is_counted(void)
{
    models_run run = {.heap = {none, hak_free}, .verify = true, .operations = 10, .seed = 1};
    models_measure(models_find("vm"), &run, 1);
    KIT_CHECK(run.failures == 10);
}

int kit_main(void)
{
    static const kit_case cases[] = {{"scenarios", scenarios},
                                     {"overlap_is_noticed", overlap_is_noticed},
                                     {"failure_is_counted", failure_is_counted},
                                     {"nothing_is_left", nothing_is_left}};
    size_t bytes = 128 << 20;
    void *heap = kit_ram(bytes, &(size_t){0});
    if (heap == NULL || hak_init(heap, bytes) != HAK_OK)
        return 2;
    return kit_run_cases(cases, sizeof cases / sizeof cases[0]);
}
