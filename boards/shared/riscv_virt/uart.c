/* SPDX-License-Identifier: MIT */
/* A 16550, as QEMU leaves it: no set-up needed. */
#include "board.h"
#include "internal.h"

#include <stdatomic.h>

#define UART_DATA   ((volatile uint8_t *)0x10000000)
#define UART_STATUS ((volatile uint8_t *)0x10000005)
#define UART_EMPTY  (1u << 5)

static atomic_flag lock = ATOMIC_FLAG_INIT;

void uart_write(const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        while ((*UART_STATUS & UART_EMPTY) == 0)
            board_relax();
        *UART_DATA = (uint8_t)text[i];
    }
}

/* Masked, so that a handler on this hart never waits for the code it interrupted. */
void board_write(const char *text, size_t bytes)
{
    uint64_t mask = board_mask();
    while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire))
        board_relax();
    uart_write(text, bytes);
    atomic_flag_clear_explicit(&lock, memory_order_release);
    board_unmask(mask);
}
