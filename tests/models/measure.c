/* SPDX-License-Identifier: MIT */
/* How a scenario is run: one thread, or several at once. */
#include "scenario.h"

void (*models_work_begins)(models_run *run), (*models_work_ends)(models_run *run);

static struct job {
    const models_scenario *scenario;
    models_run run[MODELS_THREADS];
    uint64_t began[MODELS_THREADS], ended[MODELS_THREADS];
} job;

const models_scenario *models_find(const char *name)
{
    for (const models_scenario *s = models_scenarios; s->name != NULL; s++) {
        unsigned i = 0;
        while (name != NULL && s->name[i] != 0 && s->name[i] == name[i])
            i++;
        if (name != NULL && s->name[i] == name[i])
            return s;
    }
    return NULL;
}

/* A function of its own: a profiler collects between its entry and its end. */
__attribute__((noinline)) void models_work(models_run *run) { job.scenario->work(run); }

static void prepare(unsigned thread, void *context)
{
    (void)context;
    job.scenario->prepare(&job.run[thread]);
}

static void work(unsigned thread, void *context)
{
    models_run *run = &job.run[thread];
    (void)context;
    if (models_work_begins != NULL)
        models_work_begins(run);
    job.began[thread] = kit_nanoseconds();
    models_work(run);
    job.ended[thread] = kit_nanoseconds();
    if (models_work_ends != NULL)
        models_work_ends(run);
}

static void finish(unsigned thread, void *context)
{
    (void)context;
    job.scenario->finish(&job.run[thread]);
}

static void all(unsigned threads, void (*body)(unsigned thread, void *context))
{
    if (threads == 1)
        body(0, NULL);
    else
        kit_parallel(threads, body, NULL);
}

/* From the first thread's start to the last one's end. */
static uint64_t time_of_all(unsigned threads)
{
    uint64_t first = UINT64_MAX, last = 0;
    for (unsigned i = 0; i < threads; i++) {
        first = job.began[i] < first ? job.began[i] : first;
        last = job.ended[i] > last ? job.ended[i] : last;
    }
    return last - first;
}

uint64_t models_measure(const models_scenario *scenario, models_run *run, unsigned threads)
{
    job.scenario = scenario;
    for (unsigned i = 0; i < threads; i++) {
        models_run *r = &job.run[i];
        *r = *run;
        r->thread = i;
        r->threads = threads;
        r->operations = run->operations / threads;
        r->seed = run->seed * 64 + i + 1;
    }
    all(threads, prepare);
    all(threads, work);
    all(threads, finish);
    for (unsigned i = 0; i < threads; i++) {
        run->failures += job.run[i].failures;
        run->wrong += job.run[i].wrong;
    }
    return time_of_all(threads);
}
