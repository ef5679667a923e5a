/* SPDX-License-Identifier: MIT */
/*
 * One scenario on malloc and free of whatever heap is preloaded. Linux only.
 *     scenario=vm ops=20000 threads=1 seed=1
 *     null=1     on no heap: what the scenario itself costs
 *     verify=1   look at the blocks' contents: nothing to measure then
 * Warms up with a tenth of the operations, then prints
 *     = timed NANOSECONDS OPERATIONS PAGE-FAULTS RESIDENT-KIB
 */
#define _DEFAULT_SOURCE
#include "scenario.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static void *null_allocate(size_t size)
{
    static char block[2 << 20];
    (void)size;
    return block;
}

static void null_release(void *block) { (void)block; }

static long faults_before, faults;

static long page_faults(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt;
}

static void begins(models_run *run)
{
    if (run->thread == 0)
        faults_before = page_faults();
}

static void ends(models_run *run)
{
    if (run->thread == 0)
        faults = page_faults() - faults_before;
}

/* Of /proc/self/statm, without stdio, which allocates. */
static unsigned long resident_kib(void)
{
    char text[256], *behind_size;
    int file = open("/proc/self/statm", O_RDONLY);
    ssize_t got = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (got < 0)
        return 0;
    close(file);
    text[got] = 0;
    (void)strtoul(text, &behind_size, 10);
    return strtoul(behind_size, NULL, 10) * (unsigned long)getpagesize() / 1024;
}

int kit_main(void)
{
    const models_scenario *s = models_find(kit_argument("scenario"));
    unsigned operations = (unsigned)kit_argument_number("ops", 20000);
    unsigned threads = (unsigned)kit_argument_number("threads", 1);
    models_run run = {.heap = {malloc, free},
                      .verify = kit_argument_number("verify", 0) != 0,
                      .seed = kit_argument_number("seed", 1)};
    if (s == NULL || threads == 0 || threads > (s->threaded ? MODELS_THREADS : 1)) {
        kit_print("models: no such scenario, or not with so many threads\n");
        return 2;
    }
    if (kit_argument_number("null", 0) != 0)
        run.heap = (models_heap){null_allocate, null_release};
    run.operations = operations / 10;
    models_measure(s, &run, threads);
    models_work_begins = begins;
    models_work_ends = ends;
    run.operations = operations;
    uint64_t nanoseconds = models_measure(s, &run, threads);
    kit_print("= timed %llu %u %ld %lu\n", (unsigned long long)nanoseconds, operations, faults,
              resident_kib());
    if (run.failures != 0 || run.wrong != 0)
        kit_print("models: %u requests failed, %u blocks were wrong\n", run.failures, run.wrong);
    return run.failures != 0 || run.wrong != 0;
}
