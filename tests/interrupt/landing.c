/* SPDX-License-Identifier: MIT */
/* An interrupt on one instruction of a call, by a timer whose clock goes on by as much
 * for each instruction. */
#include "landing.h"

enum { NOPS = 64, WARM = 200, FAR = 1 << 20 };

uint64_t step, first_delay, empty_landings, empty_instructions;
static uint64_t prompt; /* instructions, beyond the delay, to an interrupt not held off */

/* Of the episode; written by the handler. */
static volatile struct episode {
    bool inside; /* the call runs */
    bool hit;    /* the interrupt came while it did */
    uint64_t at; /* instructions executed by then */
    uintptr_t place;
} episode;
static void (*volatile handler_acts)(void);

uint64_t mask_state(void)
{
    uint64_t state = kit_mask();
    kit_unmask(state);
    return state;
}

static void on_timer(void)
{
    episode.at = kit_instructions();
    episode.place = place_of_interrupt();
    episode.hit = episode.inside;
    if (episode.inside)
        handler_acts();
}

static void nothing(void) {}
static __attribute__((noinline)) void bracket(void (*call)(void))
{
    episode.inside = true;
    call();
    episode.inside = false;
}

bool interrupted(void (*call)(void), void (*act)(void), uint64_t delay, landing *where)
{
    episode.hit = false;
    handler_acts = act;
    uint64_t delay_ns = delay * step;
    uint64_t state = mask_state();
    uint64_t armed = kit_instructions();
    kit_timer_once(delay_ns, on_timer);
    bracket(call);
    uint64_t ended = kit_instructions();
    kit_timer_stop();
    if (mask_state() != state)
        complain("the call did not leave the interrupt mask as it was");
    if (!episode.hit)
        return false;
    uint64_t took = episode.at - armed;
    if (took < delay + prompt)
        complain("an interrupt came too early");
    *where = (landing){took - delay - prompt, episode.place, ended - armed};
    return true;
}

uint64_t instructions_of(void (*call)(void))
{
    uint64_t before = kit_instructions();
    bracket(call);
    return kit_instructions() - before - kit_instructions_overhead();
}

static __attribute__((noinline)) void nops(void) { __asm__ volatile(".rept 64\n\tnop\n\t.endr"); }

/* 0: one of them was late. */
static uint64_t landings_in(void (*call)(void))
{
    landing where = {0, 0, 0};
    uint64_t delay = first_delay;
    for (; interrupted(call, nothing, delay, &where); delay++)
        if (where.late != 0)
            return 0;
    return delay - first_delay;
}

static bool find_first(void)
{
    landing where;
    for (first_delay = 1; !interrupted(nops, nothing, first_delay, &where); first_delay++)
        if (first_delay > FAR)
            return false;
    prompt = where.late;
    return true;
}

bool calibrate(void)
{
    landing where;
    uint64_t before = kit_nanoseconds(), start = kit_instructions();
    for (volatile unsigned i = 0; i < 100000; i++)
        ;
    uint64_t instructions = kit_instructions() - start;
    if (instructions == 0)
        return false;
    step = (kit_nanoseconds() - before + instructions / 2) / instructions;
    place_start();
    for (uint64_t delay = 1; delay < WARM; delay++) /* QEMU translates all of it */
        interrupted(nops, nothing, delay, &where);
    if (!find_first())
        return false;
    empty_landings = landings_in(nothing);
    empty_instructions = instructions_of(nothing);
    return empty_landings != 0 && landings_in(nops) == empty_landings + NOPS &&
           instructions_of(nops) == empty_instructions + NOPS;
}
