/* SPDX-License-Identifier: MIT */
/*
 * Sampling on slow paths, in builds with LEARN=1: how long blocks of the run
 * layer live, by call site, and which sizes are asked for. Bounded memory,
 * bounded steps, run lock. Where the policy says that a site's blocks live
 * long, they are cut from the end of a free extent, the others from its front.
 */
#ifndef HAK_SAMPLE_H
#define HAK_SAMPLE_H

#include "policy.h"

/* Will the block that was asked for last lie at the end? */
bool sample_from_end(void);

/* A request that the pools' fast path did not serve; and the block it got. */
void sample_ask(size_t granules, const void *call_site);
void sample_given(const void *block);

/* A slow call, whose block was given, is over. Every so many of them, as hak_tick_each
 * says, a step of learning is due. `dear`: this call had enough to do, the next one
 * will do. Lock held; not for the step. */
bool sample_due(bool dear);
void sample_step(void);

/* A block of the run layer is about to be freed, if it is one. */
void sample_freed(const void *block);

/* Write what was learned into a table; `requests`: of small blocks, in all. No
 * lock held. */
void sample_export(hak_policy *table, uint32_t requests);

#endif
