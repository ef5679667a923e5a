/* SPDX-License-Identifier: MIT */
/*
 * What learning may change, as plain data. The layers read it on their slow
 * paths; the learner, or a table that was loaded before hak_init, writes it.
 * No pointer in it, and every value of its range is safe: a bad policy can cost
 * memory or time, never break the heap.
 */
#ifndef HAK_POLICY_H
#define HAK_POLICY_H

#include "base.h"

enum { POLICY_BANDS = 4 };

/* How a band of the reuse cache retains blocks. */
typedef struct hak_policy_band {
    uint8_t depth; /* slots of a site that may be filled; 0: cache nothing */
    uint8_t keep;  /* epochs that an unused block stays; 0: for ever */
    uint8_t eager; /* 1: a put beyond the depth goes back at once; 0: it evicts the oldest */
    uint8_t unused;
} hak_policy_band;

typedef struct hak_policy {
    hak_policy_band band[POLICY_BANDS];
} hak_policy;

extern hak_policy policy;

#endif
