/* SPDX-License-Identifier: MIT */
/* Between the learner and the reuse cache: what a band did, and what it is to do. */
#ifndef HAK_RETENTION_H
#define HAK_RETENTION_H

#include "elo.h"

/* The counts of the band since the start; held_per_1024 is of now. */
hak_epoch retention_counts(unsigned band);

/* An epoch of the band ended: its policy in force holds from now on. flush: first
 * give back what it keeps. */
void retention_apply(unsigned band, bool flush);

#endif
