/* SPDX-License-Identifier: MIT */
/* wake.c: how one core ends the WFI of the other, and starts it. */
#ifndef WAKE_H
#define WAKE_H

#define WAKE_INTERRUPT 6u /* of message handling unit 0, on both cores */

void wake_init(void); /* on each core */
void wake_core(unsigned core);
void wake_interrupt(void);
void wake_start_second(void);

/* cores.c: the second core's first C code. */
_Noreturn void board_core_main(void);

#endif
