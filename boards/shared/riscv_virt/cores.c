/* SPDX-License-Identifier: MIT */
/* The life of a hart: set up, run what it is given, sleep. */
#include "board.h"
#include "internal.h"

#include <stdatomic.h>
#include <stdbool.h>

#define INTERRUPT ~(UINTPTR_MAX >> 1) /* of mcause */

/* What to run. Written by core 0 while no core has an order. */
static void (*job_body)(unsigned core, void *context);
static void *job_context;
static _Atomic(unsigned) job_left;                /* cores that have not finished it */
static _Atomic(unsigned) orders[BOARD_CORES_MAX]; /* 1: run the job */
static unsigned harts;

static void core_init(void)
{
    uintptr_t enabled = 1u << INTERRUPT_WAKE | 1u << INTERRUPT_TIMER;
    __asm__ volatile("csrw mie, %0\n\tcsrsi mstatus, 8" : : "r"(enabled) : "memory");
}

/* Sleep until *word is `value`; who stores that value wakes this core. The test
 * runs with interrupts held off, and WFI ends on a pending one even so: a wake-up
 * between test and WFI is not lost. */
static void sleep_until(_Atomic(unsigned) *word, unsigned value)
{
    uint64_t mask = board_mask();
    /* acquire: pairs with the release stores of `orders` and `job_left` */
    while (atomic_load_explicit(word, memory_order_acquire) != value)
        __asm__ volatile("wfi\n\tcsrsi mstatus, 8\n\tnop\n\tcsrci mstatus, 8" : : : "memory");
    board_unmask(mask);
}

_Noreturn void board_first_main(void)
{
    harts = clint_harts(); /* before any other hart has use for its timer */
    counter_init();
    core_init();
    board_exit(board_main());
}

_Noreturn void board_core_main(void)
{
    unsigned core = board_core();
    core_init();
    for (;;) {
        sleep_until(&orders[core], 1);
        atomic_store_explicit(&orders[core], 0, memory_order_relaxed);
        job_body(core, job_context);
        /* release: core 0 sees all that the body did */
        if (atomic_fetch_sub_explicit(&job_left, 1, memory_order_acq_rel) == 1)
            clint_wake(0);
    }
}

unsigned board_cores(void) { return harts; }

void board_parallel(unsigned count, void (*body)(unsigned core, void *context), void *context)
{
    if (count == 0 || count > harts || board_core() != 0 ||
        atomic_load_explicit(&job_left, memory_order_relaxed) != 0)
        board_panic("cores: board_parallel from another core, nested, or for too many\n");
    job_body = body;
    job_context = context;
    atomic_store_explicit(&job_left, count - 1, memory_order_relaxed);
    for (unsigned core = 1; core < count; core++) {
        /* release: the core sees the job */
        atomic_store_explicit(&orders[core], 1, memory_order_release);
        clint_wake(core);
    }
    body(0, context);
    sleep_until(&job_left, 0);
}

void board_trap(uintptr_t cause, uintptr_t from, uintptr_t value, uintptr_t link)
{
    if (cause == (INTERRUPT | INTERRUPT_TIMER))
        timer_interrupt();
    else if (cause == (INTERRUPT | INTERRUPT_WAKE))
        clint_woken();
    else
        panic_exception(cause, from, value, link);
}
