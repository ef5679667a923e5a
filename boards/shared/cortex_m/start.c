/* SPDX-License-Identifier: MIT */
/* The table of exceptions, and what comes before the first function of a program. */
#include "board.h"
#include "internal.h"

extern char __stack_top[], __bss_start[], __bss_end[];
extern uint32_t __data_start[], __data_end[];
extern const uint32_t __data_load[];

/* No interrupt of a device is ever on, but for those that a board adds behind. */
const vector board_vectors[EXCEPTIONS] __attribute__((section(".vectors"), used)) = {
    VECTORS(__stack_top, board_reset),
};

_Noreturn void board_reset(void)
{
    const uint32_t *from = __data_load;
    for (volatile uint32_t *to = __data_start; to != __data_end; to++)
        *to = *from++;
    for (volatile uint32_t *to = (uint32_t *)__bss_start; to != (uint32_t *)__bss_end; to++)
        *to = 0;
    board_first_main();
}

/* On another stack, for the old one may be what went wrong: the heap's end, as the
 * program is over. The frame of the exception stays where it is. */
__attribute__((naked)) void board_fault(void)
{
    __asm__ volatile("cpsid i\n\t"
                     "mrs r0, msp\n\t"
                     "ldr r1, =__report_stack_top\n\t"
                     "msr msp, r1\n\t"
                     "bl panic_exception");
}
