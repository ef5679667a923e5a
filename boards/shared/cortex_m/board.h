/* SPDX-License-Identifier: MIT */
/*
 * A Cortex-M machine of QEMU's: what a program may call is what boards/qemu_virt_a64
 * offers. It defines board_main(), which runs on core 0 with interrupts on. Another
 * core waits for the first board_parallel().
 */
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>
#include <stdint.h>

#include "machine.h"

#define BOARD_CORES_MAX MACHINE_CORES

/* The exit status after an unexpected exception and after a misuse. */
#define BOARD_EXIT_PANIC 70

/* The program. Its result is the exit status of QEMU. */
int board_main(void);

/* End QEMU with this status, on any core. */
_Noreturn void board_exit(int status);

/* Print the text and end with BOARD_EXIT_PANIC. */
_Noreturn void board_panic(const char *text);

/* By semihosting, which takes the text in one step; from any context. */
void board_write(const char *text, size_t bytes);

unsigned board_cores(void);

/* Run body(core, context) on cores 0 to cores - 1 at once, from core 0. Returns
 * when all have returned; the others then sleep in WFI. */
void board_parallel(unsigned cores, void (*body)(unsigned core, void *context), void *context);

/* The memory that the linker script leaves. Its size in *bytes. The machine's RAM is
 * what it is: ram_bytes must be 0. */
void *board_heap(uint64_t ram_bytes, size_t *bytes);

/* A clock of the machine, and its ticks per second. Where its counter has 32 bits
 * or less it is extended at each call: call it once in its period. */
uint64_t board_ticks(void);
uint64_t board_ticks_per_second(void);

/* Run the handler in interrupt context on this core after first_ticks, then every
 * period_ticks after its return (0: never again). Also from a handler, and then in
 * place of what was set before. */
void board_timer_start(uint64_t first_ticks, uint64_t period_ticks, void (*handler)(void));
void board_timer_stop(void);

/* Instructions executed so far, by all cores together; 0 without -icount shift=7. */
uint64_t board_instructions(void);

/* Semihosting: files of the machine that runs QEMU, and the arguments that it was
 * started with. All give a negative number if they fail. */
long board_file_open(const char *path); /* for reading: a handle */
long board_file_bytes(long handle);
long board_file_read(long handle, void *buffer, size_t bytes); /* bytes read */
void board_file_close(long handle);
int board_command_line(char *buffer, size_t bytes); /* 0, arguments with one blank between */

static inline unsigned board_core(void) { return machine_core(); }

/* Hold interrupts off on this core: the old state, for board_unmask(). */
static inline uint64_t board_mask(void)
{
    uint32_t state;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(state) : : "memory");
    return state;
}

static inline void board_unmask(uint64_t state)
{
    __asm__ volatile("msr primask, %0\n\tisb" : : "r"((uint32_t)state) : "memory");
}

/* In a spin loop: lets the other core run where QEMU has one thread for both. */
static inline void board_relax(void) { __asm__ volatile("yield" : : : "memory"); }

#endif
