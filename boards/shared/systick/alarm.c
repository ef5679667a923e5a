/* SPDX-License-Identifier: MIT */
/* SysTick for interrupts alone, on boards that have another counter for a clock. */
#include "board.h"
#include "internal.h"

#define SYSTICK_CONTROL ((volatile uint32_t *)0xe000e010)
#define SYSTICK_RELOAD  ((volatile uint32_t *)0xe000e014)
#define SYSTICK_VALUE   ((volatile uint32_t *)0xe000e018)
#define INTERRUPT_STATE ((volatile uint32_t *)0xe000ed04)
#define CONTROL_ON      7u /* of the core's clock, with its exception */
#define FORGET_SYSTICK  (1u << 25)

void alarm_interrupt(void) { timer_interrupt(); }

/* The first tick loads the counter. A reload of 0 would stop it. */
void alarm_in(uint32_t ticks)
{
    *SYSTICK_RELOAD = ticks > 1 ? ticks - 1 : 1;
    *SYSTICK_VALUE = 0;
    *SYSTICK_CONTROL = CONTROL_ON;
}

void alarm_off(void)
{
    *SYSTICK_CONTROL = 0;
    *INTERRUPT_STATE = FORGET_SYSTICK;
}
