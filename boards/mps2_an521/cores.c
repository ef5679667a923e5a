/* SPDX-License-Identifier: MIT */
/* The life of a core: set up, run what it is given, sleep. */
#include "board.h"
#include "internal.h"
#include "wake.h"

#include <stdatomic.h>
#include <stdbool.h>

extern char __stacks[], __stack_bytes[];

/* What to run. Written by core 0 while the other has no order. */
static void (*job_body)(unsigned core, void *context);
static void *job_context;
static _Atomic(unsigned) job_left;                /* cores that have not finished it */
static _Atomic(unsigned) orders[BOARD_CORES_MAX]; /* 1: run the job */
static bool second_runs;

/* The limit makes a core trap before it leaves its stack downwards. */
static void core_init(unsigned core)
{
    uintptr_t limit = (uintptr_t)__stacks + core * (uintptr_t)__stack_bytes;
    __asm__ volatile("msr msplim, %0" : : "r"(limit));
    wake_init();
    __asm__ volatile("cpsie i" : : : "memory");
}

/* Sleep until *word is `value`; who stores that value wakes this core. The test runs
 * with interrupts held off, and WFI ends on a pending one even so: a wake-up between
 * test and WFI is not lost. */
static void sleep_until(_Atomic(unsigned) *word, unsigned value)
{
    uint64_t mask = board_mask();
    /* acquire: pairs with the release stores of `orders` and `job_left` */
    while (atomic_load_explicit(word, memory_order_acquire) != value)
        __asm__ volatile("dsb\n\twfi\n\tcpsie i\n\tisb\n\tcpsid i" : : : "memory");
    board_unmask(mask);
}

_Noreturn void board_first_main(void)
{
    console_init();
    clock_init();
    core_init(0);
    board_exit(board_main());
}

_Noreturn void board_core_main(void)
{
    unsigned core = board_core();
    core_init(core);
    for (;;) {
        sleep_until(&orders[core], 1);
        atomic_store_explicit(&orders[core], 0, memory_order_relaxed);
        job_body(core, job_context);
        /* release: core 0 sees all that the body did */
        if (atomic_fetch_sub_explicit(&job_left, 1, memory_order_acq_rel) == 1)
            wake_core(0);
    }
}

unsigned board_cores(void) { return MACHINE_CORES; }

void board_parallel(unsigned count, void (*body)(unsigned core, void *context), void *context)
{
    if (count == 0 || count > MACHINE_CORES || board_core() != 0 ||
        atomic_load_explicit(&job_left, memory_order_relaxed) != 0)
        board_panic("cores: board_parallel from another core, nested, or for too many\n");
    job_body = body;
    job_context = context;
    atomic_store_explicit(&job_left, count - 1, memory_order_relaxed);
    if (count == 2) {
        /* release: the core sees the job */
        atomic_store_explicit(&orders[1], 1, memory_order_release);
        if (!second_runs)
            wake_start_second();
        second_runs = true;
        wake_core(1);
    }
    body(0, context);
    sleep_until(&job_left, 0);
}
