/* SPDX-License-Identifier: MIT */
/* Wait a while for another thread. */
#ifndef PAUSE_H
#define PAUSE_H

#include "kit.h"

static inline void pause_wait(unsigned turn)
{
    (void)turn;
    kit_relax();
}

#endif
