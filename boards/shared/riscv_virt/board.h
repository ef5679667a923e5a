/* SPDX-License-Identifier: MIT */
/*
 * QEMU's RISC-V `virt` machine, 32 or 64 bit, with no firmware: every hart starts
 * at the image's entry in machine mode. What a program may call is what
 * boards/qemu_virt_a64 offers. It defines board_main(), which runs on hart 0 with
 * interrupts on. The other harts wait for the first board_parallel().
 */
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>
#include <stdint.h>

/* As many harts as the machine can have. */
#define BOARD_CORES_MAX 8u

/* The exit status after an unexpected exception and after a misuse. */
#define BOARD_EXIT_PANIC 70

/* The program. Its result is the exit status of QEMU. */
int board_main(void);

/* End QEMU with this status, on any hart. */
_Noreturn void board_exit(int status);

/* Print the text and end with BOARD_EXIT_PANIC. */
_Noreturn void board_panic(const char *text);

/* To the UART, with a lock so that texts of several harts do not mix; from any
 * context. */
void board_write(const char *text, size_t bytes);

/* How many harts the machine has, at most BOARD_CORES_MAX. */
unsigned board_cores(void);

/* Run body(core, context) on cores 0 to cores - 1 at once, from core 0. Returns
 * when all have returned; the others then sleep in WFI. */
void board_parallel(unsigned cores, void (*body)(unsigned core, void *context), void *context);

/* The memory behind the image, given that the machine has ram_bytes of RAM (0:
 * what the linker script assumes). Its size in *bytes. */
void *board_heap(uint64_t ram_bytes, size_t *bytes);

/* The machine's timer, and its ticks per second. */
uint64_t board_ticks(void);
uint64_t board_ticks_per_second(void);

/* Run the handler in interrupt context on this hart after first_ticks, then every
 * period_ticks after its return (0: never again). Also from a handler, and then in
 * place of what was set before. */
void board_timer_start(uint64_t first_ticks, uint64_t period_ticks, void (*handler)(void));
void board_timer_stop(void);

/* Instructions that this hart executed since it came up; 0 without -icount. */
uint64_t board_instructions(void);

/* Semihosting: files of the machine that runs QEMU, and the arguments that it was
 * started with. All give a negative number if they fail. */
long board_file_open(const char *path); /* for reading: a handle */
long board_file_bytes(long handle);
long board_file_read(long handle, void *buffer, size_t bytes); /* bytes read */
void board_file_close(long handle);
int board_command_line(char *buffer, size_t bytes); /* 0, arguments with one blank between */

static inline unsigned board_core(void)
{
    uintptr_t hart;
    __asm__ volatile("csrr %0, mhartid" : "=r"(hart));
    return (unsigned)hart;
}

/* Hold interrupts off on this hart: the old state, for board_unmask(). */
static inline uint64_t board_mask(void)
{
    uintptr_t state;
    __asm__ volatile("csrrci %0, mstatus, 8" : "=r"(state) : : "memory");
    return state;
}

static inline void board_unmask(uint64_t state)
{
    __asm__ volatile("csrs mstatus, %0" : : "r"((uintptr_t)state & 8) : "memory");
}

/* In a spin loop: lets the other harts run where QEMU has one thread for all. */
static inline void board_relax(void) { __asm__ volatile(".4byte 0x0100000f" : : : "memory"); }

#endif
