/* SPDX-License-Identifier: MIT */
/* The host's port, but for the core number and the waiting: cores are coroutines of
 * one thread here, and the explorer says which of them runs. */
#ifndef HAK_EXPLORE_PORT_ARCH_H
#define HAK_EXPLORE_PORT_ARCH_H

#define hak_port_core  host_port_core
#define hak_port_relax host_port_relax
#include "../../port/host/port_arch.h"
#undef hak_port_core
#undef hak_port_relax

extern unsigned explore_core;
void explore_wait(void);

static inline unsigned hak_port_core(void) { return explore_core; }
static inline void hak_port_relax(unsigned turns)
{
    (void)turns;
    explore_wait();
}

#endif
