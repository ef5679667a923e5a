/* SPDX-License-Identifier: MIT */
/* For programs on the host port: threads take and give back core numbers. */
#ifndef HAK_HOST_H
#define HAK_HOST_H

/* Take a free core number for this thread. 1 if it has one now, 0 if all
 * HAK_CORES are taken: the thread then shares the run layer with the rest. */
int hak_host_enter(void);

/* Give the number back. Call hak_core_idle() first. */
void hak_host_leave(void);

/* In a forked child: only this thread is left; free all other numbers. */
void hak_host_only_this_thread(void);

#endif
