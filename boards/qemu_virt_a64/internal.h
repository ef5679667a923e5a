/* SPDX-License-Identifier: MIT */
/* What the files of this board use of one another. */
#ifndef BOARD_INTERNAL_H
#define BOARD_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

/* start.S: where a core begins that PSCI switches on. */
void board_core_entry(void);

/* cores.c: the first C code of core 0 and of the others. */
_Noreturn void board_first_main(void);
_Noreturn void board_core_main(void);

/* vectors.S calls these three. */
void board_irq(void);
void board_fiq(void);
_Noreturn void board_exception(unsigned kind, uint64_t link);

/* psci.c */
long psci_cpu_on(unsigned core, void (*entry)(void)); /* 0: switched on */
long psci_affinity_info(unsigned core);               /* negative: no such core */

/* gic.c */
#define GIC_WAKE  0u  /* software interrupt that ends a WFI */
#define GIC_TIMER 27u /* private interrupt of the virtual timer */
void gic_init_distributor(void);
void gic_init_core(unsigned core);
unsigned gic_take(void);
void gic_done(unsigned interrupt);
void gic_wake(unsigned core);

/* timer.c, counter.c */
void timer_interrupt(void);
void counter_init(void);

/* semihost_call.c: one semihosting operation */
long board_semihost(unsigned operation, const void *block);

/* uart.c: without a lock */
void uart_write(const char *text, size_t bytes);

#endif
