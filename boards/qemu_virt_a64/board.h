/* SPDX-License-Identifier: MIT */
/*
 * QEMU's `virt` machine with GICv3, entered at EL1 on core 0: what a program
 * may call. It defines board_main(), which runs on core 0 with MMU, caches and
 * interrupts on. The other cores are off until the first board_parallel().
 */
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>
#include <stdint.h>

/* Cores are numbered by Aff0 of MPIDR_EL1, which ends at 15 on this machine. */
#define BOARD_CORES_MAX 16u

/* The exit status after an unexpected exception and after a misuse. */
#define BOARD_EXIT_PANIC 70

/* The program. Its result is the exit status of QEMU. */
int board_main(void);

/* End QEMU with this status, on any core. */
_Noreturn void board_exit(int status);

/* Print the text and end with BOARD_EXIT_PANIC. */
_Noreturn void board_panic(const char *text);

/* To the UART, with a lock so that texts of several cores do not mix; from
 * any context. */
void board_write(const char *text, size_t bytes);

/* How many cores the machine has, on or off, at most BOARD_CORES_MAX. */
unsigned board_cores(void);

/* Run body(core, context) on cores 0 to cores - 1 at once, from core 0.
 * Returns when all have returned; the others then sleep in WFI. */
void board_parallel(unsigned cores, void (*body)(unsigned core, void *context), void *context);

/* The memory behind the image, given that the machine has ram_bytes of RAM
 * (0: what the linker script assumes). Its size in *bytes. */
void *board_heap(uint64_t ram_bytes, size_t *bytes);

/* The virtual counter: CNTVCT_EL0, and its ticks per second. */
uint64_t board_ticks(void);
uint64_t board_ticks_per_second(void);

/* Run the handler in interrupt context on this core after first_ticks, then
 * every period_ticks after its return (0: never again). Also from a handler,
 * and then in place of what was set before. */
void board_timer_start(uint64_t first_ticks, uint64_t period_ticks, void (*handler)(void));
void board_timer_stop(void);

/* From now on this core's timer is an FIQ, which board_mask() does not hold off. Its
 * handler may wait for other cores. */
void board_timer_above_mask(void);

/* Instructions executed since this core came up, by all cores together. 0
 * without -icount. The counter has 32 bits and is extended here: call it on
 * this core at least once in 4 G instructions. */
uint64_t board_instructions(void);

/* Semihosting: files of the machine that runs QEMU, and the arguments that it
 * was started with. All give a negative number if they fail. */
long board_file_open(const char *path); /* for reading: a handle */
long board_file_bytes(long handle);
long board_file_read(long handle, void *buffer, size_t bytes); /* bytes read */
void board_file_close(long handle);
int board_command_line(char *buffer, size_t bytes); /* 0, arguments with one blank between */

static inline unsigned board_core(void)
{
    uint64_t mpidr;
    __asm__("mrs %0, mpidr_el1" : "=r"(mpidr));
    return (unsigned)mpidr & 0xff;
}

/* Hold interrupts off on this core: the old state, for board_unmask(). */
static inline uint64_t board_mask(void)
{
    uint64_t state;
    __asm__ volatile("mrs %0, daif\n\tmsr daifset, #2" : "=r"(state) : : "memory");
    return state;
}

static inline void board_unmask(uint64_t state)
{
    __asm__ volatile("msr daif, %0" : : "r"(state) : "memory");
}

/* In a spin loop: lets the other cores run where QEMU has one thread for all. */
static inline void board_relax(void) { __asm__ volatile("yield" : : : "memory"); }

#endif
