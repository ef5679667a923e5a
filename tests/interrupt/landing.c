/* SPDX-License-Identifier: MIT */
/* An interrupt on one instruction of a call, by a timer that counts instructions. */
#include "landing.h"

enum { NOPS = 64, WARM = 200, FAR = 1 << 20 };

uint64_t step, first_delay, empty_landings, empty_instructions;
static uint64_t prompt; /* nanoseconds until an interrupt that is not held off */

/* Of the episode; written by the handler. */
static volatile struct landing {
    bool inside; /* the call runs */
    bool hit;    /* the interrupt came while it did */
    uint64_t at; /* the time it came */
} landing;
static void (*volatile handler_acts)(void);

uint64_t mask_state(void)
{
    uint64_t state = kit_mask();
    kit_unmask(state);
    return state;
}

static void on_timer(void)
{
    landing.at = kit_nanoseconds();
    landing.hit = landing.inside;
    if (landing.inside)
        handler_acts();
}

static void nothing(void) {}
static __attribute__((noinline)) void bracket(void (*call)(void))
{
    landing.inside = true;
    call();
    landing.inside = false;
}

bool interrupted(void (*call)(void), void (*act)(void), uint64_t delay, uint64_t *late)
{
    landing.hit = false;
    handler_acts = act;
    uint64_t armed = kit_nanoseconds();
    uint64_t state = mask_state();
    kit_timer_once(delay, on_timer);
    bracket(call);
    kit_timer_stop();
    if (mask_state() != state)
        complain("the call did not leave the interrupt mask as it was");
    *late = landing.hit ? landing.at - armed - delay - prompt : 0;
    return landing.hit;
}

uint64_t instructions_of(void (*call)(void))
{
    uint64_t before = kit_instructions();
    bracket(call);
    return kit_instructions() - before - kit_instructions_overhead();
}

static __attribute__((noinline)) void nops(void) { __asm__ volatile(".rept 64\n\tnop\n\t.endr"); }

static uint64_t landings_in(void (*call)(void))
{
    uint64_t late, delay = first_delay;
    while (interrupted(call, nothing, delay, &late))
        delay += step;
    return (delay - first_delay) / step;
}

bool calibrate(void)
{
    uint64_t late, before = kit_nanoseconds(), start = kit_instructions();
    for (volatile unsigned i = 0; i < 100000; i++)
        ;
    uint64_t instructions = kit_instructions() - start;
    if (instructions == 0)
        return false;
    step = (kit_nanoseconds() - before + instructions / 2) / instructions;
    for (uint64_t delay = step; delay < WARM * step; delay += step) /* QEMU translates all of it */
        interrupted(nops, nothing, delay, &late);
    for (first_delay = step; !interrupted(nops, nothing, first_delay, &late); first_delay += step)
        if (first_delay > FAR * step)
            return false;
    prompt = late;
    empty_landings = landings_in(nothing);
    empty_instructions = instructions_of(nothing);
    return landings_in(nops) == empty_landings + NOPS &&
           instructions_of(nops) == empty_instructions + NOPS;
}
