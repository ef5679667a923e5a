/* SPDX-License-Identifier: MIT */
/* What the cores do that go on while core 0 stands still. */
#ifndef SURVIVORS_H
#define SURVIVORS_H

#include "interrupt.h"

/* Core 1 is the scenes' own; these two are the others. */
enum { SURVIVOR_FIRST = 2, SURVIVORS = 2, SURVIVOR_CORES = SURVIVOR_FIRST + SURVIVORS };

/* Each gets a page of its own, with free blocks, and one block of the run layer. */
void survivors_settle(void);

/* All of them at once. held: core 0 has the lock, or a ticket for it. victims: blocks
 * that they free, NULL or not. */
enum { VICTIMS = 2 };
void survivors_go_on(bool held, void *const victims[VICTIMS]);

/* What holds once the lock is stopped, on the core that calls. */
void survivors_need_no_lock(void);

/* How many calls found hak_check to say what a core in the middle of a call has in hand. */
extern unsigned survivors_in_hand;

/* How often HAK_FAULT_STOPPED was reported since this was set to 0. */
extern _Atomic(unsigned) stopped_reports;

#endif
