/* SPDX-License-Identifier: MIT */
/* The life of a core: set up, run what it is given, sleep. */
#include "board.h"
#include "internal.h"

#include <stdatomic.h>
#include <stdbool.h>

/* What to run. Written by core 0 while no core has an order. */
static void (*job_body)(unsigned core, void *context);
static void *job_context;
static _Atomic(unsigned) job_left; /* cores that have not finished it */

static struct core {
    bool started;             /* core 0 switched it on */
    _Atomic(unsigned) orders; /* 1: run the job */
} cores[BOARD_CORES_MAX];

static void core_init(unsigned core)
{
    gic_init_core(core);
    counter_init();
    __asm__ volatile("msr daifclr, #6" : : : "memory"); /* IRQ, SError */
}

/* Sleep until *word is `value`; who stores that value wakes this core. The
 * test runs with interrupts held off, and WFI ends on a pending one even so:
 * a wake-up between test and WFI is not lost. */
static void sleep_until(_Atomic(unsigned) *word, unsigned value)
{
    uint64_t mask = board_mask();
    /* acquire: pairs with the release stores of `orders` and `job_left` */
    while (atomic_load_explicit(word, memory_order_acquire) != value)
        __asm__ volatile("dsb sy\n\twfi\n\tmsr daifclr, #2\n\tisb\n\tmsr daifset, #2"
                         :
                         :
                         : "memory");
    board_unmask(mask);
}

_Noreturn void board_first_main(void)
{
    gic_init_distributor();
    core_init(0);
    board_exit(board_main());
}

_Noreturn void board_core_main(void)
{
    unsigned core = board_core();
    core_init(core);
    for (;;) {
        sleep_until(&cores[core].orders, 1);
        atomic_store_explicit(&cores[core].orders, 0, memory_order_relaxed);
        job_body(core, job_context);
        /* release: core 0 sees all that the body did */
        if (atomic_fetch_sub_explicit(&job_left, 1, memory_order_acq_rel) == 1)
            gic_wake(0);
    }
}

unsigned board_cores(void)
{
    unsigned count = 1;
    while (count < BOARD_CORES_MAX && psci_affinity_info(count) >= 0)
        count++;
    return count;
}

static void give_orders(unsigned core)
{
    if (!cores[core].started && psci_cpu_on(core, board_core_entry) != 0)
        board_panic("cores: a core cannot be switched on\n");
    cores[core].started = true;
    /* release: the core sees the job */
    atomic_store_explicit(&cores[core].orders, 1, memory_order_release);
    gic_wake(core);
}

void board_parallel(unsigned count, void (*body)(unsigned core, void *context), void *context)
{
    if (count == 0 || count > BOARD_CORES_MAX || board_core() != 0 ||
        atomic_load_explicit(&job_left, memory_order_relaxed) != 0)
        board_panic("cores: board_parallel from another core, nested, or for too many\n");
    job_body = body;
    job_context = context;
    atomic_store_explicit(&job_left, count - 1, memory_order_relaxed);
    for (unsigned core = 1; core < count; core++)
        give_orders(core);
    body(0, context);
    sleep_until(&job_left, 0);
}

void board_irq(void)
{
    unsigned interrupt = gic_take();
    if (interrupt == GIC_TIMER)
        timer_interrupt();
    gic_done(interrupt);
}
