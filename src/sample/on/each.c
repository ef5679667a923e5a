/* SPDX-License-Identifier: MIT */
/* Every n-th slow call ends with a step of learning. */
#include "learner.h"
#include "sample.h"

static size_t each;  /* slow calls from step to step; 0: no step. Run lock */
static size_t since; /* slow calls since the last one */

bool sample_due(bool dear)
{
    since++;
    if (each == 0 || since < each || dear)
        return false;
    since = 0;
    return true;
}

void sample_step(void) { learner_step(); }

void hak_tick_each(size_t slow_calls)
{
    if (!run_is_started())
        return;
    learner_begin();
    hak_mask state;
    if (!run_lock(&state))
        return;
    each = slow_calls;
    since = 0;
    run_unlock(state);
}
