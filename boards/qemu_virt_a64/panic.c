/* SPDX-License-Identifier: MIT */
/* The last words of a run that went wrong. They take no lock. */
#include "board.h"
#include "internal.h"

extern char __stacks[], __stacks_end[], __stack_slot[];

static void say(const char *text)
{
    size_t length = 0;
    while (text[length] != 0)
        length++;
    uart_write(text, length);
}

static void say_hex(const char *name, uint64_t value)
{
    say(name);
    for (int shift = 60; shift >= 0; shift -= 4)
        uart_write(&"0123456789abcdef"[(value >> shift) & 15], 1);
}

_Noreturn void board_panic(const char *text)
{
    say("\npanic: ");
    say(text);
    board_exit(BOARD_EXIT_PANIC);
}

/* The lowest page of each stack slot is not mapped. */
static int hits_stack_guard(uint64_t address)
{
    uint64_t stacks = (uintptr_t)__stacks;
    return address >= stacks && address < (uintptr_t)__stacks_end &&
           (address - stacks) % (uintptr_t)__stack_slot < 4096;
}

/* kind: the number of the entry in the vector table; 4 is synchronous. */
_Noreturn void board_exception(unsigned kind, uint64_t link)
{
    uint64_t syndrome, address, from;
    __asm__ volatile("mrs %0, esr_el1" : "=r"(syndrome));
    __asm__ volatile("mrs %0, far_el1" : "=r"(address));
    __asm__ volatile("mrs %0, elr_el1" : "=r"(from));
    say_hex("\nexception: kind ", kind);
    say_hex("\n  core ", board_core());
    say_hex("\n  ESR  ", syndrome);
    say_hex("\n  ELR  ", from);
    say_hex("\n  LR   ", link);
    say_hex("\n  FAR  ", address);
    say(kind == 4 && hits_stack_guard(address) ? "  stack overflow\n" : "\n");
    board_exit(BOARD_EXIT_PANIC);
}
