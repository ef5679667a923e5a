/* SPDX-License-Identifier: MIT */
/* The last words of a run that went wrong. They take no lock. */
#include "board.h"
#include "internal.h"

static void say(const char *text)
{
    size_t length = 0;
    while (text[length] != 0)
        length++;
    uart_write(text, length);
}

static void say_hex(const char *name, uintptr_t value)
{
    say(name);
    for (int shift = (int)sizeof value * 8 - 4; shift >= 0; shift -= 4)
        uart_write(&"0123456789abcdef"[(value >> shift) & 15], 1);
}

_Noreturn void board_panic(const char *text)
{
    say("\npanic: ");
    say(text);
    board_exit(BOARD_EXIT_PANIC);
}

_Noreturn void panic_exception(uintptr_t cause, uintptr_t from, uintptr_t value, uintptr_t link)
{
    say_hex("\nexception: cause ", cause);
    say_hex("\n  core  ", board_core());
    say_hex("\n  mepc  ", from);
    say_hex("\n  ra    ", link);
    say_hex("\n  mtval ", value);
    say("\n");
    board_exit(BOARD_EXIT_PANIC);
}
