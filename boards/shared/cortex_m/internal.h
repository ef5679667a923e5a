/* SPDX-License-Identifier: MIT */
/* What the files of a Cortex-M board use of one another. */
#ifndef BOARD_INTERNAL_H
#define BOARD_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a core's table of exceptions holds: its stack, its first code, the handlers of
 * 14 exceptions, the last of which is SysTick's, and those of devices' interrupts. */
#define EXCEPTIONS 16u
typedef union vector {
    void *stack;
    void (*handler)(void);
} vector;
#define VECTOR_FAULT                                                                               \
    {                                                                                              \
        .handler = board_fault                                                                     \
    }
#define VECTOR_FAULTS                                                                              \
    VECTOR_FAULT, VECTOR_FAULT, VECTOR_FAULT, VECTOR_FAULT, VECTOR_FAULT, VECTOR_FAULT
#define VECTORS(top, first)                                                                        \
    {.stack = (top)}, {.handler = (first)}, VECTOR_FAULTS, VECTOR_FAULTS, VECTOR_FAULT,            \
    {                                                                                              \
        .handler = alarm_interrupt                                                                 \
    }

/* start.c: the first code of core 0; where every exception but SysTick goes. */
_Noreturn void board_reset(void);
void board_fault(void);

/* cores.c: the first C code with memory set up. */
_Noreturn void board_first_main(void);

/* timer.c: an alarm's time has come. */
void timer_interrupt(void);

/* alarm.c, or clock.c: the SysTick exception; one alarm on this core in so many
 * ticks, 1 to ALARM_MOST; or none. */
#define ALARM_MOST 0xffff00u
void alarm_interrupt(void);
void alarm_in(uint32_t ticks);
void alarm_off(void);

/* guard.c, a board's that needs it: see that an overflow of the stack traps */
void guard_init(void);

/* clock.c, a board's */
void clock_init(void);

/* exact.c: is this the number of instructions executed so far? */
bool clock_is_exact(uint64_t (*instructions)(void));

/* console.c */
void console_init(void);

/* semihost_call.c: one semihosting operation */
long board_semihost(unsigned operation, const void *block);

/* panic.c */
_Noreturn void panic_exception(const uint32_t *frame);

#endif
