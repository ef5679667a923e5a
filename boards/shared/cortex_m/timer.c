/* SPDX-License-Identifier: MIT */
/* Interrupts in so many ticks, by SysTick, which counts 24 bits: a longer time is
 * several of its exceptions. */
#include "board.h"
#include "internal.h"

/* Written and read by its own core alone, and by that core's handlers. */
static struct timer {
    void (*volatile handler)(void);
    volatile uint64_t period_ticks;
    volatile uint64_t left_ticks; /* behind the alarm that is set */
    volatile unsigned starts;     /* counts board_timer_start() and _stop() */
} timers[BOARD_CORES_MAX];

static void arm_in(struct timer *mine, uint64_t ticks)
{
    uint32_t now = ticks > ALARM_MOST ? ALARM_MOST : ticks != 0 ? (uint32_t)ticks : 1;
    mine->left_ticks = ticks > now ? ticks - now : 0;
    alarm_in(now);
}

void board_timer_start(uint64_t first_ticks, uint64_t period_ticks, void (*handler)(void))
{
    struct timer *mine = &timers[board_core()];
    alarm_off();
    mine->handler = handler;
    mine->period_ticks = period_ticks;
    mine->starts++;
    arm_in(mine, first_ticks);
}

void board_timer_stop(void)
{
    alarm_off();
    timers[board_core()].starts++;
}

/* Off before the handler, which may set the timer anew: then that holds. */
void timer_interrupt(void)
{
    struct timer *mine = &timers[board_core()];
    unsigned starts = mine->starts;
    alarm_off();
    if (mine->left_ticks != 0) {
        arm_in(mine, mine->left_ticks);
        return;
    }
    mine->handler();
    if (mine->starts == starts && mine->period_ticks != 0)
        arm_in(mine, mine->period_ticks);
}
