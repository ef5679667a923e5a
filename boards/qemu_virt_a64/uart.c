/* SPDX-License-Identifier: MIT */
/* PL011, as QEMU leaves it: no set-up needed. */
#include "board.h"
#include "internal.h"

#include <stdatomic.h>

#define UART_DATA  ((volatile uint32_t *)0x09000000)
#define UART_FLAGS ((volatile uint32_t *)0x09000018)
#define UART_FULL  (1u << 5)

static atomic_flag lock = ATOMIC_FLAG_INIT;

void uart_write(const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        while (*UART_FLAGS & UART_FULL)
            board_relax();
        *UART_DATA = (unsigned char)text[i];
    }
}

/* Masked, so that a handler on this core never waits for the code it interrupted. */
void board_write(const char *text, size_t bytes)
{
    uint64_t mask = board_mask();
    while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire))
        board_relax();
    uart_write(text, bytes);
    atomic_flag_clear_explicit(&lock, memory_order_release);
    board_unmask(mask);
}
