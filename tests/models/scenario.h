/* SPDX-License-Identifier: MIT */
/*
 * Workloads in the manner of hakmem's benchmark, and Larson's, for any heap
 * with a malloc and a free. One operation is one malloc and one free. Of each
 * block the first byte is written; when run->verify is set, also the last, and
 * both are looked at before the block is freed.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include "kit.h"

enum { MODELS_THREADS = 4 };

/* The heap that is measured. */
typedef struct models_heap {
    void *(*allocate)(size_t size);
    void (*release)(void *block);
} models_heap;

/* One thread's part of a run. */
typedef struct models_run {
    models_heap heap;
    unsigned operations; /* this thread's */
    unsigned thread, threads;
    bool verify;
    uint64_t seed;
    unsigned blocks;   /* taken so far: a block's number is its pattern */
    unsigned failures; /* requests that got NULL */
    unsigned wrong;    /* blocks that held something else than was written */
} models_run;

typedef struct models_scenario {
    const char *name, *text;
    bool threaded;
    void (*prepare)(models_run *run); /* what is live before the first operation */
    void (*work)(models_run *run);
    void (*finish)(models_run *run); /* free all that is left */
} models_scenario;

extern const models_scenario models_scenarios[];
const models_scenario *models_find(const char *name); /* NULL: there is none */

/* All of it: prepare, work, finish, on so many threads; operations in all.
 * Results are added up in *run. The time that `work` took, in nanoseconds. */
uint64_t models_measure(const models_scenario *scenario, models_run *run, unsigned threads);

/* Called by each thread before and after its work; NULL: nothing. */
extern void (*models_work_begins)(models_run *run), (*models_work_ends)(models_run *run);

/* --- for the scenarios themselves --- */

typedef struct models_block {
    volatile unsigned char *at; /* NULL: none */
    size_t size;
    unsigned char pattern;
} models_block;

void models_hold(models_run *run, models_block *b, void *at, size_t size);
void models_give(models_run *run, models_block *b);

void larson_small(models_run *run); /* larson.c; prepare */
void larson_big(models_run *run);
void larson_work(models_run *run);
void larson_finish(models_run *run);

#endif
