/* SPDX-License-Identifier: MIT */
/* What the files of this board use of one another. */
#ifndef BOARD_INTERNAL_H
#define BOARD_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

/* cores.c: the first C code of hart 0 and of the others. */
_Noreturn void board_first_main(void);
_Noreturn void board_core_main(void);

/* trap.S calls it. */
void board_trap(uintptr_t cause, uintptr_t from, uintptr_t value, uintptr_t link);

/* clint.c: software interrupts that wake a hart, and the timer of each */
#define INTERRUPT_WAKE  3u
#define INTERRUPT_TIMER 7u
void clint_wake(unsigned core);
void clint_woken(void);
unsigned clint_harts(void);
void clint_set_timer(uint64_t ticks); /* when board_ticks() reaches this */

/* timer.c, counter.c */
void counter_init(void);
void timer_interrupt(void);

/* semihost_call.c: one semihosting operation */
long board_semihost(unsigned operation, const void *block);

/* uart.c: without a lock */
void uart_write(const char *text, size_t bytes);

/* panic.c */
_Noreturn void panic_exception(uintptr_t cause, uintptr_t from, uintptr_t value, uintptr_t link);

#endif
