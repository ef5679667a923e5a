/* SPDX-License-Identifier: MIT */
/* The calls: calls.c. The states in which they begin: states_run.c, and of full/
 * states_malloc.c and states_free.c. */
#ifndef SCENES_H
#define SCENES_H

#include "setup.h"

void call_malloc(void);
void call_calloc(void);
void call_aligned(void);
void call_realloc(void);
void call_free(void);
void call_usable(void);
void call_idle(void);
void call_check(void);
void call_stats(void);
void call_walk(void);
void call_walk_free(void);

void state_warm(void);
void state_last_block(void);
void state_drain(void);
void state_leave(void);
void state_leave_adopt(void);
void state_adopt(void);
void state_adopt_idle(void);
void state_birth(void);
void state_first(void);
void state_wake(void);
void state_large(void);
void state_hole(void);
void state_hit(void);
void state_miss(void);
void state_later_malloc(void);
void state_recall_page(void);
void state_recall_cache(void);
void state_recall_idle(void);
void state_none(void);
void state_small_none(void);
void state_aligned(void);
void state_aligned_hole(void);
void state_many(void);
void state_bad(void);

void state_page_stays(void);
void state_page_moves(void);
void state_page_to_run(void);
void state_grows(void);
void state_shrinks(void);
void state_run_moves(void);
void state_noted_shrinks(void);
void state_noted_moves(void);
void state_realloc_full(void);
void state_free_local(void);
void state_free_last_but_one(void);
void state_free_last(void);
void state_free_death(void);
void state_free_idle(void);
void state_left_first(void);
void state_left(void);
void state_left_last(void);
void state_left_dies(void);
void state_owned(void);
void state_owned_last(void);
void state_owner_idle(void);
void state_free_alone(void);
void state_free_behind(void);
void state_free_before(void);
void state_free_between(void);
void state_later_page(void);
void state_later_run(void);
void state_put(void);
void state_seat(void);
void state_evicts(void);
void state_noted_full(void);
void state_usable_page(void);
void state_usable_run(void);
void state_usable_noted(void);
void state_walk_free(void);

#endif
