/* SPDX-License-Identifier: MIT */
#include "inject.h"
#include "run.h"

static size_t countdown; /* 0: off */
static bool sticky;

bool inject_fails(void)
{
    if (countdown == 0)
        return false;
    if (countdown == 1) {
        countdown = sticky ? 1 : 0;
        return true;
    }
    countdown--;
    return false;
}

void hak_fail_nth(size_t n, int from_then_on)
{
    hak_mask state;
    if (!run_lock(&state))
        return;
    countdown = n;
    sticky = from_then_on != 0;
    run_unlock(state);
}
