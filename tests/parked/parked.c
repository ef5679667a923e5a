/* SPDX-License-Identifier: MIT */
/*
 * A core that stops for good. The scenes are those of tests/interrupt: a public call in
 * some state of the heap, on core 0. In the middle of it core 0 is parked: a timer above
 * the interrupt mask (FIQ) lands on an instruction of the call, and its handler waits
 * while two other cores work on the same heap.
 *
 *   - If core 0 had the lock, both find that out within the bound, one of them reports
 *     it, and whatever needs the lock ends as hak.h says; the pools go on.
 *   - If it had not, nothing changes for the others.
 *
 * Then core 0 goes on after all, as under a debugger, ends its call, and everything is
 * looked at again; the heap is rewound, and the next instruction is the one.
 *
 *   most=40     so many instructions of a call, evenly spread (0: all)
 *   heap=256K   scene=NAME  as in tests/interrupt/interrupt.c
 */
#include "board.h"
#include "inside.h"
#include "judge.h"
#include "landing.h"
#include "survivors.h"

enum { MOST = 40 };

typedef struct counts {
    uint64_t with_lock, without;
} counts;

static bool held; /* of the episode */

static void *take_victim(int *number)
{
    if (*number == BOOK_NONE)
        return NULL;
    void *block = book_take(*number).start;
    *number = BOOK_NONE;
    return block;
}

/* The handler. */
static void stand_still(void)
{
    held = inside_is_locked();
    atomic_store(&stopped_reports, 0);
    void *const victims[VICTIMS] = {take_victim(&now.in_page), take_victim(&now.in_other_page)};
    survivors_go_on(held, victims);
    if (atomic_load(&stopped_reports) != held)
        complain(held ? "the stopped core was not reported, or more than once"
                      : "a core that has no lock was reported");
}

static void verify_contents(void)
{
    for (unsigned i = 0; i < now.blocks_used; i++)
        if (now.blocks[i].start != NULL && !book_holds(now.blocks[i], now.blocks[i].bytes))
            complain("a live block was written to");
}

/* The call went on with the lock, and may have wanted it once more. */
static void judge_stopped(expectation expects)
{
    bool gives_block = expects <= RESIZED_IF_ROOM;
    if (expects == KEPT)
        book_return(now.subject);
    else if (gives_block && (now.result != NULL || expects >= RESIZED))
        judge_result(expects <= IF_ROOM ? expects : RESIZED_IF_ROOM);
    verify_contents();
    survivors_need_no_lock();
    void *p = hak_malloc(SMALL); /* of a page, or NULL */
    if (p != NULL)
        hak_free(p);
    verify_contents();
    if (atomic_load(&stopped_reports) != 1)
        complain("the stopped core was reported once more");
}

/* false: the call was over before the instruction came. */
static bool episode(const scene *s, uint64_t delay)
{
    landing where;
    go_back();
    if (!interrupted(s->call, stand_still, delay, &where))
        return false;
    if (held)
        judge_stopped(s->expects);
    else
        judge(s->expects);
    return true;
}

static void sweep(const scene *s, uint64_t instructions, counts *sum)
{
    uint64_t most = kit_argument_number("most", MOST);
    uint64_t far = most != 0 && instructions > most ? instructions / most : 1;
    uint64_t delay = first_delay;
    counts c = {0, 0};
    for (; complaint == NULL && episode(s, delay); delay += far) {
        c.with_lock += held;
        c.without += !held;
    }
    if (complaint == NULL && far == 1 &&
        c.with_lock + c.without - empty_landings != instructions - empty_instructions)
        complain("the core was not parked at every instruction");
    if (complaint != NULL)
        kit_print("FAIL %s: %s; parked %llu instructions into the call, %s the lock\n", s->name,
                  complaint, (unsigned long long)(delay - first_delay), held ? "with" : "without");
    else
        kit_print("ok %s: %llu instructions, parked with the lock %llu, without %llu\n", s->name,
                  (unsigned long long)(instructions - empty_instructions),
                  (unsigned long long)c.with_lock, (unsigned long long)c.without);
    sum->with_lock += c.with_lock;
    sum->without += c.without;
}

static void play(const scene *s, counts *total)
{
    prepare(s);
    uint64_t instructions = complaint == NULL ? undisturbed(s) : 0;
    if (complaint != NULL)
        kit_print("FAIL %s: undisturbed: %s\n", s->name, complaint);
    else
        sweep(s, instructions, total);
}

static bool begin(void)
{
    if (!start() || kit_cores() < SURVIVOR_CORES)
        return false;
    board_timer_above_mask();
    if (!calibrate())
        return false;
    survivors_settle();
    rewind_keep(0);
    return complaint == NULL;
}

int kit_main(void)
{
    counts total = {0, 0};
    unsigned played = 0;
    if (!begin()) {
        kit_print("FAIL start: no heap, too few cores, or no timer that counts instructions\n");
        return 1;
    }
    for (unsigned i = 0; complaint == NULL && i < scene_count; i++)
        if (can_play(&scenes[i]) && (scenes[i].needs & ALONE) == 0 &&
            is_named("scene", scenes[i].name)) {
            play(&scenes[i], &total);
            played++;
        }
    if (complaint == NULL && played != 0)
        kit_print("ok parked: %u scenes, with the lock %llu, without %llu; a call in hand seen by "
                  "hak_check %u times\n",
                  played, (unsigned long long)total.with_lock, (unsigned long long)total.without,
                  survivors_in_hand);
    return complaint != NULL || played == 0;
}
