/* SPDX-License-Identifier: MIT */
/*
 * One scenario on hak, its calls counted one by one (A64, icount):
 *     scenario=vm ops=4000 threads=1 heap=64M seed=1
 * Only calls of the work itself, not of what is prepared. With more cores than
 * one the counts are in QEMU's log, and the cores take turns in short slices.
 */
#include "bench.h"
#include "scenario.h"

static void *logged_malloc(size_t size)
{
    return (void *)bench_logged(BENCH_MALLOC, (uintptr_t)hak_malloc, size, 0);
}

static void logged_free(void *block)
{
    bench_logged(BENCH_FREE, (uintptr_t)hak_free, (uintptr_t)block, 0);
}

static void begins(models_run *run)
{
    run->heap = (models_heap){bench_malloc, bench_free};
    if (run->threads > 1) {
        run->heap = (models_heap){logged_malloc, logged_free};
        bench_slices(~run->seed);
    }
}

static void ends(models_run *run)
{
    if (run->threads > 1)
        kit_timer_stop();
    run->heap = (models_heap){hak_malloc, hak_free};
}

int kit_main(void)
{
    const models_scenario *s = models_find(kit_argument("scenario"));
    unsigned threads = (unsigned)kit_argument_number("threads", 1);
    size_t bytes = kit_argument_number("heap", 64 << 20);
    void *heap = kit_ram(bytes, &(size_t){0});
    models_run run = {.heap = {hak_malloc, hak_free}, .seed = kit_argument_number("seed", 1)};
    if (s == NULL || threads == 0 || threads > (s->threaded ? kit_cores() : 1) || heap == NULL ||
        hak_init(heap, bytes) != HAK_OK)
        return 2;
    run.operations = 200;
    models_measure(s, &run, threads);
    models_work_begins = begins;
    models_work_ends = ends;
    run.operations = (unsigned)kit_argument_number("ops", 4000);
    bench_start();
    models_measure(s, &run, threads);
    if (threads == 1)
        bench_end();
    kit_print("  %u requests failed\n", run.failures);
    return bench_check() != 0 || run.failures != 0;
}
