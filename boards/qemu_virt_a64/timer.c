/* SPDX-License-Identifier: MIT */
/* The virtual timer of each core. */
#include "board.h"
#include "internal.h"

#define TIMER_ON  1ul
#define TIMER_OFF 0ul

/* Written and read by its own core alone, and by that core's handlers. */
static struct timer {
    void (*volatile handler)(void);
    volatile uint64_t period_ticks;
    volatile unsigned starts; /* counts board_timer_start() and _stop() */
} timers[BOARD_CORES_MAX];

uint64_t board_ticks(void)
{
    uint64_t ticks;
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
    return ticks;
}

uint64_t board_ticks_per_second(void)
{
    uint64_t frequency;
    __asm__("mrs %0, cntfrq_el0" : "=r"(frequency));
    return frequency;
}

/* By CVAL: TVAL has only 32 bits. */
static void arm_in(uint64_t ticks)
{
    __asm__ volatile("msr cntv_cval_el0, %0\n\tmsr cntv_ctl_el0, %1\n\tisb"
                     :
                     : "r"(board_ticks() + ticks), "r"(TIMER_ON)
                     : "memory");
}

static void disarm(void)
{
    __asm__ volatile("msr cntv_ctl_el0, %0\n\tisb" : : "r"(TIMER_OFF) : "memory");
}

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
    mine->handler();
    if (mine->starts == starts && mine->period_ticks != 0)
        arm_in(mine->period_ticks);
}
