/* SPDX-License-Identifier: MIT */
/* The timer of each hart. */
#include "board.h"
#include "internal.h"

#define NEVER UINT64_MAX

/* Written and read by its own hart alone, and by that hart's handlers. */
static struct timer {
    void (*volatile handler)(void);
    volatile uint64_t period_ticks;
    volatile unsigned starts; /* counts board_timer_start() and _stop() */
} timers[BOARD_CORES_MAX];

static void disarm(void) { clint_set_timer(NEVER); }
static void arm_in(uint64_t ticks) { clint_set_timer(board_ticks() + ticks); }

void board_timer_start(uint64_t first_ticks, uint64_t period_ticks, void (*handler)(void))
{
    struct timer *mine = &timers[board_core()];
    disarm();
    mine->handler = handler;
    mine->period_ticks = period_ticks;
    mine->starts++;
    arm_in(first_ticks);
}

void board_timer_stop(void)
{
    disarm();
    timers[board_core()].starts++;
}

/* Off before the handler, which may set the timer anew: then that holds. */
void timer_interrupt(void)
{
    struct timer *mine = &timers[board_core()];
    unsigned starts = mine->starts;
    disarm();
    if (mine->handler == NULL)
        return;
    mine->handler();
    if (mine->starts == starts && mine->period_ticks != 0)
        arm_in(mine->period_ticks);
}
