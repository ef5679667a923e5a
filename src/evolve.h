/* SPDX-License-Identifier: MIT */
/*
 * Evolution: which sizes deserve pages at once, and larger ones, and which had
 * better wait. A histogram over the steps of size, bounded, filled from the
 * counters that the pools keep anyway: nothing is added to any path of malloc
 * and free.
 */
#ifndef HAK_EVOLVE_H
#define HAK_EVOLVE_H

#include "policy.h"
#include "pool.h"

/* One class, as the ticks saw it. */
typedef struct hak_seen {
    uint32_t pooled;      /* requests that pages served, */
    uint32_t waited;      /* and that found no page; since the start */
    uint32_t last_pooled; /* the counters at the last look */
    uint32_t last_demand;
    uint32_t peak_blocks; /* the most that were live in its pages */
} hak_seen;

typedef struct hak_evolution {
    hak_seen seen[CLASSES_MOST];
    /* Over all classes, up to the last full round. */
    uint32_t pooled, waited, sum_pooled, sum_waited;
} hak_evolution;

void evolve_start(hak_evolution *e);

/* Look at one class: bounded by the cores. Takes the lock for two reads. */
void evolve_look(hak_evolution *e, unsigned index);

/* After the last class: the sums. */
void evolve_round(hak_evolution *e);

/* What the histogram says of a class, but for its pages. If it is hot (a patience of
 * 1), they are to be as large as it would have filled once: would it have filled those
 * larger by a power of two, and do they hold more than those larger by `best`? */
hak_policy_size evolve_size(const hak_evolution *e, unsigned index, hak_class_plan plan);
bool evolve_pages_fit(const hak_evolution *e, unsigned index, hak_class_plan plan, unsigned log2,
                      unsigned best);

#endif
