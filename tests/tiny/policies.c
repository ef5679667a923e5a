/* SPDX-License-Identifier: MIT */
/* The tiny build has no policy and no learner: the model runs without. */
#include "policies.h"

bool policies_load(uint64_t seed) { return (void)seed, true; }
bool policies_start(uint64_t seed) { return (void)seed, true; }
void policies_tick(uint64_t dice) { (void)dice; }
bool policies_keep_nothing(void) { return true; }
bool policies_end(void) { return true; }
