/* SPDX-License-Identifier: MIT */
/*
 * QEMU gives this board no other counter than SysTick: 24 bits at 24 MHz, downwards.
 * It is the clock and the timer. It runs all the time, from a value of ours down to 0
 * and again; its exception adds the run that has ended to the totals. An alarm is a
 * shorter run, behind which a full one follows. With -icount shift=7 an instruction
 * takes 3.072 ticks, and the ticks since a run began are rounded down: to the nearest
 * instruction they tell exactly how many.
 *
 * board_instructions() begins a new run, unless there is an alarm: no exception falls
 * between two calls that are less than 5.4 M instructions apart.
 */
#include "board.h"
#include "internal.h"

#define SYSTICK_CONTROL  ((volatile uint32_t *)0xe000e010)
#define SYSTICK_RELOAD   ((volatile uint32_t *)0xe000e014)
#define SYSTICK_VALUE    ((volatile uint32_t *)0xe000e018)
#define INTERRUPT_STATE  ((volatile uint32_t *)0xe000ed04)
#define CONTROL_ON       7u         /* of the core's clock, with its exception */
#define SYSTICK_PENDING  (1u << 26) /* of the interrupt state */
#define FORGET_SYSTICK   (1u << 25)
#define TICKS_PER_SECOND 24000000u

/* 125 instructions are 384 ticks: the longest run of whole instructions. */
#define RUN_TICKS   (384u * 43690u)
#define PER_TICK_32 UINT64_C(1398101333) /* 2^32 * 125 / 384 */

/* An alarm is no sooner than that: begin_run() has set the exception back by then. */
#define ALARM_LEAST 100u

/* Written and read with interrupts held off. The totals are of all runs before. */
static uint64_t total_ticks, total_instructions;
static uint32_t run_ticks = RUN_TICKS;
static bool alarm_set, counts;

static void end_run(uint32_t ticks, uint32_t more_instructions)
{
    total_ticks += ticks;
    total_instructions += more_instructions + ((ticks * PER_TICK_32 + (UINT64_C(1) << 31)) >> 32);
}

/* Ticks of the run, when its counter reads this: 0 until the first tick. The run may
 * have ended a moment ago, its exception still be pending, and this be the next one. */
static uint32_t gone(uint32_t value, bool pending)
{
    uint32_t run = pending ? RUN_TICKS : run_ticks;
    return (value != 0 ? run - value : 0) + (pending ? run_ticks : 0);
}

static bool is_pending(void) { return (*INTERRUPT_STATE & SYSTICK_PENDING) != 0; }

/* The counter's last value, and a new run in the next instruction, which counts: it
 * belongs to no run. The reload is written before, as it is taken a tick later. */
#define LAST_INSTRUCTION 1u
static uint32_t last_value(uint32_t ticks)
{
    uint32_t value;
    *SYSTICK_RELOAD = ticks - 1;
    __asm__ volatile("ldr %0, [%1]\n\tstr %2, [%1]"
                     : "=&r"(value)
                     : "r"(SYSTICK_VALUE), "r"(0)
                     : "memory");
    return value;
}

static void begin_run(uint32_t ticks)
{
    uint32_t value = last_value(ticks);
    end_run(gone(value, is_pending()), LAST_INSTRUCTION);
    *INTERRUPT_STATE = FORGET_SYSTICK;
    run_ticks = ticks;
}

/* The SysTick exception. */
void alarm_interrupt(void)
{
    bool alarm = alarm_set;
    end_run(run_ticks, 0);
    run_ticks = RUN_TICKS;
    alarm_set = false;
    if (alarm)
        timer_interrupt();
}

/* The counter has taken its first value when this one is written for the next run. */
void alarm_in(uint32_t ticks)
{
    uint64_t mask = board_mask();
    begin_run(ticks > ALARM_LEAST ? ticks : ALARM_LEAST);
    *SYSTICK_RELOAD = RUN_TICKS - 1;
    alarm_set = true;
    board_unmask(mask);
}

void alarm_off(void)
{
    uint64_t mask = board_mask();
    if (alarm_set)
        begin_run(RUN_TICKS);
    alarm_set = false;
    board_unmask(mask);
}

uint64_t board_ticks(void)
{
    uint64_t mask = board_mask();
    uint32_t value = *SYSTICK_VALUE;
    bool pending = is_pending();
    if (pending) /* it may have come to pass between the two */
        value = *SYSTICK_VALUE;
    uint64_t ticks = total_ticks + gone(value, pending);
    board_unmask(mask);
    return ticks;
}

uint64_t board_ticks_per_second(void) { return TICKS_PER_SECOND; }

static uint64_t instructions(void)
{
    uint64_t mask = board_mask();
    if (!alarm_set)
        begin_run(RUN_TICKS);
    uint64_t count = total_instructions;
    board_unmask(mask);
    return count;
}

void clock_init(void)
{
    *SYSTICK_RELOAD = RUN_TICKS - 1;
    *SYSTICK_VALUE = 0;
    *SYSTICK_CONTROL = CONTROL_ON;
    counts = clock_is_exact(instructions);
}

uint64_t board_instructions(void)
{
    uint64_t count = instructions();
    return counts ? count : 0;
}
