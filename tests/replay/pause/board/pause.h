/* SPDX-License-Identifier: MIT */
/* Wait a while for another core. Called only while this core's periodic timer
 * runs: WFI ends at its next interrupt at the latest, and meanwhile QEMU lets
 * the core that is waited for run. */
#ifndef PAUSE_H
#define PAUSE_H

#include "kit.h"

enum { PAUSE_TURNS = 64 };

static inline void pause_wait(unsigned turn)
{
    if (turn % PAUSE_TURNS == PAUSE_TURNS - 1)
        __asm__ volatile("wfi" : : : "memory");
    else
        kit_relax();
}

#endif
