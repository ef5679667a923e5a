/* SPDX-License-Identifier: MIT */
/* States of the run layer, which any build has. */
#include "inside.h"
#include "scenes.h"

/* hak was not started: calls in handlers get nothing. */
void state_unborn(void)
{
    rewind_unborn();
    now.full = true;
    now.bad = inside_heap + inside_heap_bytes / 2;
}

/* Cut from the heap's large free extent. */
void state_large(void)
{
    setup_hand();
    now.bytes = size_of.large + 100;
}

/* A hole that fits exactly. */
void state_hole(void)
{
    setup_hand();
    int hole = setup_hold(size_of.large);
    setup_hold(size_of.large);
    setup_free(hole);
    now.bytes = size_of.large;
}

/* Full. */
void state_none(void)
{
    setup_hand();
    setup_fill(size_of.large / 2);
    now.bytes = size_of.large;
    now.alignment = 64;
}

void state_aligned(void)
{
    setup_hand();
    now.bytes = size_of.large;
    now.alignment = 1024;
}

/* Long enough only for one alignment. */
void state_aligned_hole(void)
{
    state_hole();
    now.bytes = size_of.large - 256;
    now.alignment = 256;
}

/* Four neighbours, and which of them are free. */
static void four(bool before, bool behind)
{
    setup_hand();
    int blocks[4];
    for (unsigned i = 0; i < 4; i++)
        blocks[i] = setup_hold(size_of.large + 16 * i);
    setup_hold(size_of.large);
    if (before)
        setup_free(blocks[0]);
    if (behind)
        setup_free(blocks[2]);
    setup_subject(blocks[1]);
    if (!before)
        now.in_run = blocks[0];
    else if (!behind)
        now.in_run = blocks[2];
}
void state_free_alone(void) { four(false, false); }
void state_free_behind(void) { four(true, false); }
void state_free_before(void) { four(false, true); }
void state_free_between(void) { four(true, true); }

/* Into the free extent behind it. */
void state_grows(void)
{
    four(false, true);
    now.bytes = size_of.large + size_of.large / 2;
}

void state_shrinks(void)
{
    four(false, true);
    now.bytes = size_of.large / 2 + 100;
}

void state_run_moves(void)
{
    four(true, false);
    now.bytes = 2 * size_of.large;
}

/* In place only, if the handler leaves room. */
void state_realloc_full(void)
{
    four(false, true);
    setup_fill(size_of.large / 2);
    now.bytes = 2 * size_of.large;
}
void state_usable_run(void) { state_free_alone(); }

/* A pointer that is no block's; the heap is as for state_hole. */
void state_bad(void)
{
    state_hole();
    now.subject.start = now.bad;
}
