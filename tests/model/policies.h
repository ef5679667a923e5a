/* SPDX-License-Identifier: MIT */
/*
 * The model's operations under a policy, and with the learner at work:
 *   policy=none  depth0   the cache keeps nothing
 *                flush    it keeps all, and gives it back each round
 *                pages    the largest pages, at once, while anything is free
 *                cold     pages after thousands of requests, or never
 *                own      eight sizes with a class of their own
 *                end      all blocks from the end of the heap (LEARN=1)
 *                random   any sound table, by the seed
 *   learn=0      1: LEARN, each core ticks between operations
 *   each=0       a step of learning each so many slow calls (LEARN=1)
 */
#ifndef POLICIES_H
#define POLICIES_H

#include <stdbool.h>
#include <stdint.h>

/* Before hak_init; after it; between two operations. false: what is asked for does
 * not exist, or was refused. */
bool policies_load(uint64_t seed);
bool policies_start(uint64_t seed);
void policies_tick(uint64_t dice);

/* Does the policy leave the reuse cache empty? */
bool policies_keep_nothing(void);

/* At the end: whether the learner did what was asked for. */
bool policies_end(void);

#endif
