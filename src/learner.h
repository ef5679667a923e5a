/* SPDX-License-Identifier: MIT */
/* The learner: what hak_tick() does, step by step. */
#ifndef HAK_LEARNER_H
#define HAK_LEARNER_H

#include "elo.h"
#include "evolve.h"

/*
 * One round looks at each class and each band once, a step per tick; then come
 * the sums, and the canary. All of it is used by one core at a time.
 */
typedef struct hak_learner {
    bool started;
    hak_learning state;
    uint32_t random;
    unsigned step;       /* of the round: a class, then a band, then the end */
    hak_class_plan plan; /* of this heap */
    hak_evolution evolution;
    hak_elo elo[POLICY_BANDS];
    hak_epoch before[POLICY_BANDS]; /* the cache's counts at the last look */
    uint8_t kept[POLICY_BANDS];     /* epochs since the band was flushed, or had a hit */
    hak_policy learned;             /* in force while in LEARN */
    /* canary: sums when its window began; windows in a row that did not fit */
    uint32_t window_pooled, window_waited, misfits;
} hak_learner;
extern hak_learner learner;

#endif
