/* SPDX-License-Identifier: MIT */
/* Every public call of the tiny build. What else hak.h has does nothing there. */
#include "scenes.h"

#define NO_STAGE offsetof(hak_stats, heap_bytes)
#define FAILURES offsetof(hak_stats, failures)
#define FAULTS   offsetof(hak_stats, faults)

/* Small blocks, some of which the handler frees. */
static void state_small(void)
{
    setup_hand();
    now.in_page = setup_hold(SMALL);
    setup_hold(SMALL);
    now.in_other_page = setup_hold(SMALL);
    now.bytes = SMALL;
}

/* The call's is a neighbour of the handler's. */
static void state_small_free(void)
{
    state_small();
    int subject = setup_hold(SMALL);
    setup_hold(SMALL);
    setup_subject(subject);
}

static void state_empty(void) { now.bytes = SMALL; }

void state_small_none(void)
{
    state_small();
    setup_fill(GRANULE_BYTES);
    now.bytes = SMALL;
}

/* Holes of many lengths, so that many bins have extents. */
void state_many(void)
{
    int holes[12];
    state_small();
    for (unsigned i = 0; i < 12; i++) {
        holes[i] = setup_hold(SMALL + i * GRANULE_BYTES);
        setup_hold(GRANULE_BYTES);
    }
    for (unsigned i = 0; i < 12; i++)
        setup_free(holes[i]);
}

static void state_many_aligned(void)
{
    state_many();
    now.alignment = 128;
}

void state_walk_free(void) { state_small_free(); }

const scene scenes[] = {
    {"init", state_unborn, call_init, NOT_NULL, 1, NO_STAGE},
    {"malloc_empty", state_empty, call_malloc, A_BLOCK, 1, NO_STAGE},
    {"malloc_small", state_small, call_malloc, A_BLOCK, 1, NO_STAGE},
    {"malloc_many", state_many, call_malloc, A_BLOCK, 1, NO_STAGE},
    {"malloc_large", state_large, call_malloc, A_BLOCK, 1, NO_STAGE},
    {"malloc_hole", state_hole, call_malloc, A_BLOCK, 1, NO_STAGE},
    {"malloc_none", state_none, call_malloc, IF_ROOM, 1, FAILURES},
    {"malloc_small_none", state_small_none, call_malloc, IF_ROOM, 1, FAILURES},
    {"calloc_small", state_small, call_calloc, ZEROED, 1, NO_STAGE},
    {"calloc_hole", state_hole, call_calloc, ZEROED, 1, NO_STAGE},
    {"aligned_cold", state_aligned, call_aligned, A_BLOCK, 1, NO_STAGE},
    {"aligned_many", state_many_aligned, call_aligned, A_BLOCK, 1, NO_STAGE},
    {"aligned_hole", state_aligned_hole, call_aligned, A_BLOCK, 1, NO_STAGE},
    {"aligned_none", state_none, call_aligned, IF_ROOM, 1, FAILURES},
    {"realloc_grows", state_grows, call_realloc, RESIZED, 1, NO_STAGE},
    {"realloc_shrinks", state_shrinks, call_realloc, RESIZED, 1, NO_STAGE},
    {"realloc_moves", state_run_moves, call_realloc, RESIZED, 1, NO_STAGE},
    {"realloc_full", state_realloc_full, call_realloc, RESIZED_IF_ROOM, 1, FAILURES},
    {"realloc_null", state_empty, call_realloc, A_BLOCK, 1, NO_STAGE},
    {"realloc_bad", state_bad, call_realloc, REPORTED, 1, FAULTS},
    {"free_small", state_small_free, call_free, FREED, 1, NO_STAGE},
    {"free_alone", state_free_alone, call_free, FREED, 1, NO_STAGE},
    {"free_behind_free", state_free_behind, call_free, FREED, 1, NO_STAGE},
    {"free_before_free", state_free_before, call_free, FREED, 1, NO_STAGE},
    {"free_between_free", state_free_between, call_free, FREED, 1, NO_STAGE},
    {"free_bad", state_bad, call_free, REPORTED, 1, FAULTS},
    {"usable", state_usable_run, call_usable, KEPT, 1, NO_STAGE},
    {"stats", state_many, call_stats, NOT_NULL, 1, NO_STAGE},
    {"check", state_many, call_check, NULL_ONLY, 1, NO_STAGE},
    {"walk", state_many, call_walk, NOT_NULL, 1, NO_STAGE},
    {"walk_free", state_walk_free, call_walk_free, FREED, 1, NO_STAGE},
};
const unsigned scene_count = sizeof scenes / sizeof scenes[0];
