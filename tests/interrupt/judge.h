/* SPDX-License-Identifier: MIT */
/* Scenes: how a call begins, and what must have become of it. */
#ifndef JUDGE_H
#define JUDGE_H

#include "interrupt.h"

/* A heap of heap= bytes, and a second region half as large; nothing in it. Then
 * rewind_keep(0). */
bool start(void);

/* From there to the state of the scene, in place 1. */
void prepare(const scene *s);

/* Back to the state. */
void go_back(void);

/* A fault that the library reports, in the call or in a handler. */
void report(hak_fault kind, const void *pointer);

/* The call as it is without an interrupt, twice: what it takes, and that it is right. */
uint64_t undisturbed(const scene *s);

/* The call's result, then the heap; then all is freed, and nothing may be left. */
void judge(expectation expects);

/* Of the call's result alone: enters it in the book. */
void judge_result(expectation expects);

/* Does the argument name it, or nothing? */
bool is_named(const char *argument, const char *name);
bool can_play(const scene *s);

#endif
