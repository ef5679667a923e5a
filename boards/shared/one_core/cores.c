/* SPDX-License-Identifier: MIT */
/* A board with one core: what runs on all cores runs here. */
#include "board.h"
#include "internal.h"

/* Nothing to do where there is no memory below the stack. */
__attribute__((weak)) void guard_init(void) {}

_Noreturn void board_first_main(void)
{
    guard_init();
    console_init();
    clock_init();
    __asm__ volatile("cpsie i" : : : "memory");
    board_exit(board_main());
}

unsigned board_cores(void) { return 1; }

void board_parallel(unsigned count, void (*body)(unsigned core, void *context), void *context)
{
    if (count != 1)
        board_panic("cores: board_parallel for more than one\n");
    body(0, context);
}
