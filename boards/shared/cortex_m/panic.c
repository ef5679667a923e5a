/* SPDX-License-Identifier: MIT */
/* The last words of a run that went wrong. They take no lock. */
#include "board.h"
#include "internal.h"

#define FAULT_STATUS  ((volatile uint32_t *)0xe000ed28) /* Cortex-M0 has none: reads 0 */
#define STACK_LIMIT   (1u << 20) /* of the status: a core with limits kept this one */
#define FAULT_ADDRESS ((volatile uint32_t *)0xe000ed38)

extern char __stacks[], __stack_guard[];

static void say(const char *text)
{
    size_t length = 0;
    while (text[length] != 0)
        length++;
    board_write(text, length);
}

static void say_hex(const char *name, uint32_t value)
{
    say(name);
    for (int shift = 28; shift >= 0; shift -= 4)
        board_write(&"0123456789abcdef"[(value >> shift) & 15], 1);
}

_Noreturn void board_panic(const char *text)
{
    say("\npanic: ");
    say(text);
    board_exit(BOARD_EXIT_PANIC);
}

/* The frame that the core saved: r0 to r3, r12, lr, pc, status. A stack that
 * overflowed has none, for there is no memory below it, or a guard. */
_Noreturn void panic_exception(const uint32_t *frame)
{
    uint32_t number;
    __asm__ volatile("mrs %0, ipsr" : "=r"(number));
    say_hex("\nexception: number ", number);
    say_hex("\n  core    ", board_core());
    say_hex("\n  sp      ", (uintptr_t)frame);
    say_hex("\n  status  ", *FAULT_STATUS);
    say_hex("\n  address ", *FAULT_ADDRESS);
    uintptr_t lowest = (uintptr_t)__stacks + (uintptr_t)__stack_guard;
    if ((uintptr_t)frame < lowest || (*FAULT_STATUS & STACK_LIMIT) != 0) {
        say("\n  stack overflow\n");
        board_exit(BOARD_EXIT_PANIC);
    }
    say_hex("\n  lr      ", frame[5]);
    say_hex("\n  pc      ", frame[6]);
    say("\n");
    board_exit(BOARD_EXIT_PANIC);
}
