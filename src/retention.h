/* SPDX-License-Identifier: MIT */
/* Between the learner and the reuse cache: what a band did, and what it is to do. What
 * the blocks that it keeps take part in goes by parts, one seat each. */
#ifndef HAK_RETENTION_H
#define HAK_RETENTION_H

#include "elo.h"

/* Seats of the cache; 0: there is none. */
unsigned retention_seats(void);

/* The counts of the band since the start; held_per_1024 is 0. Bounded by the cores. */
hak_epoch retention_counts(unsigned band);

/* Bytes that a seat holds of the band; and so many bytes in 1/1024 of the heap. */
size_t retention_held(unsigned band, unsigned seat);
uint32_t retention_per_1024(size_t bytes);

/* The band keeps no more than the policy in force says; flush: nothing, for now. Then
 * the same for what each seat holds, from the last one down. */
void retention_limit(unsigned band, bool flush);
void retention_trim(unsigned band, unsigned seat);

#endif
