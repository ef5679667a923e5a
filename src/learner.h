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
    unsigned step;        /* of the round: a class, then a band, then the end */
    unsigned part;        /* of a class's or a band's step; see tick.c */
    size_t held_bytes;    /* by the band, as far as its seats were looked at */
    hak_policy_size size; /* of the class, as far as it is known */
    bool flush;           /* the band's step gives back all that it keeps */
    bool played;          /* the band's epoch had requests */
    hak_atomic busy;      /* 1: some context takes a step */
    hak_atomic wanted;    /* 1 + the state that hak_learn asked for; 0: nothing */
    hak_atomic wanted_seed;
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

/* The smallest step of learning, unless the policy is frozen. learner_begin: what the
 * first one has to do, which is long. */
void learner_step(void);
void learner_begin(void);

#endif
