/* SPDX-License-Identifier: MIT */
/*
 * What a test, a benchmark or the replay needs from the machine it runs on.
 * One program source, several machines: kit_host.c (threads as cores) and one
 * file per board. A program defines kit_main(); everything here may be called
 * from it. Nothing in the kit allocates from the heap under test.
 */
#ifndef KIT_H
#define KIT_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdarg.h>

/* The program. Its result is the exit status of the process or of QEMU. */
int kit_main(void);

/* Print. %d %i %u %x %c %s %p %%, lengths l ll z, width, '-' and zero padding. */
void kit_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* End the program at once, from any core. */
_Noreturn void kit_exit(int status);

/* The value of NAME=value on the command line (QEMU: semihosting), NULL if it
 * is not there; and the same as an unsigned number: decimal or 0x, and K, M or
 * G behind it. */
const char *kit_argument(const char *name);
uint64_t kit_argument_number(const char *name, uint64_t otherwise);

/* How many cores can run bodies. */
unsigned kit_cores(void);

/* The number of the core that calls, 0 to kit_cores() - 1. */
unsigned kit_core(void);

/* Run body(core, context) on cores 0 to cores-1 at once; core 0 is the caller.
 * Returns when all have returned. The other cores call hak_core_idle() neither
 * before nor after: the body decides. Core numbers are hak's core numbers. */
void kit_parallel(unsigned cores, void (*body)(unsigned core, void *context), void *context);

/* RAM for heaps: min_bytes, the most there is if min_bytes is 0 (board: what
 * the image leaves of the RAM, the same in each call; host: a fresh mapping).
 * The argument ram= tells how much RAM the machine has. NULL if there is not
 * as much. */
void *kit_ram(size_t min_bytes, size_t *bytes);

/* Instructions executed so far, exact under QEMU's icount with one core
 * running; 0 where the machine cannot tell. An empty bracket of two calls
 * differs by kit_instructions_overhead(). Call it at least once in 4 G
 * instructions, always on the same core. */
uint64_t kit_instructions(void);
uint64_t kit_instructions_overhead(void);

/* Wall clock, in nanoseconds, for progress and benchmarks only. */
uint64_t kit_nanoseconds(void);

/* Timer interrupts on the calling core, every `period` microseconds, with the
 * handler run in interrupt context; stop ends them. false: no interrupts on
 * this machine. */
bool kit_timer_start(unsigned period_us, void (*handler)(void));
void kit_timer_stop(void);

/* One interrupt on the calling core, in delay_ns nanoseconds; under QEMU's
 * icount that many instructions later, with one core running. Also from a
 * handler; takes the place of what was started before. */
bool kit_timer_once(uint64_t delay_ns, void (*handler)(void));

/* Hold interrupts off on the calling core; the old state, for kit_unmask().
 * The pair nests. Nothing where there are no interrupts. */
uint64_t kit_mask(void);
void kit_unmask(uint64_t state);

/* Read a whole file of the machine that runs QEMU (or of this one) into the
 * buffer. Bytes read; -1: cannot be opened, -2: larger than the buffer. */
long kit_read_file(const char *path, void *buffer, size_t bytes);

/* The same file piece by piece, where there is no room for all of it. A negative
 * result: it cannot be opened or read. Fewer bytes than asked for are read at its end
 * only. */
long kit_file_open(const char *path); /* its handle */
long kit_file_bytes(long file);
long kit_file_read(long file, void *buffer, size_t bytes); /* bytes read */
void kit_file_close(long file);

/* Relax in a spin loop. */
void kit_relax(void);

/* A small seeded generator: xorshift64*. [Vigna 2016] */
uint64_t kit_random(uint64_t *state);

/* Tests. A program prints one line "ok NAME" or "FAIL NAME: file:line: text"
 * per test case; KIT_CHECK fails the case and returns from the function. The
 * argument case=NAME runs that case alone. */
typedef struct kit_case {
    const char *name;
    void (*run)(void);
} kit_case;
int kit_run_cases(const kit_case *cases, size_t count); /* 0 if all passed */
void kit_fail(const char *file, int line, const char *text);
bool kit_case_failed(void);
#define KIT_CHECK(condition)                                                                       \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            kit_fail(__FILE__, __LINE__, #condition);                                              \
            return;                                                                                \
        }                                                                                          \
    } while (0)

#endif
