/* SPDX-License-Identifier: MIT */
/* What explore.c and memory.c share. */
#ifndef EXPLORE_MACHINE_H
#define EXPLORE_MACHINE_H

#include "explore.h"

typedef struct explore_thread {
    bool begun, done, waits, sleeps;
    uintptr_t word; /* that it is about to access; 0: it has not begun */
    bool writes;
} explore_thread;

typedef struct explore_machine {
    const explore_memory *memory;
    explore_thread thread[EXPLORE_THREADS];
    unsigned running;
    bool watching; /* an execution is under way */
} explore_machine;
extern explore_machine machine;

unsigned machine_choose(unsigned options);
void machine_stop(uintptr_t word, bool writes);
void machine_forget(void); /* all stores, before an execution */

#endif
