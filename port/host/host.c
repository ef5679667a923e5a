/* SPDX-License-Identifier: MIT */
/* Core numbers for threads, and yielding, without libc. */
#include "hak_host.h"
#include "config.h"
#include "port.h"

#define ALL_FREE (HAK_CORES == 64 ? UINT64_MAX : (UINT64_C(1) << (HAK_CORES % 64)) - 1)

/* The model once more: GCC does not take it over from the declaration. */
__thread unsigned hak_host_core_plus_1 __attribute__((tls_model("initial-exec")));

/* Bit n set: core number n is free. Acquire and release on it pair thread to
 * thread: whatever the last holder of a number did is seen by the next. */
static _Atomic(uint64_t) free_numbers = ALL_FREE;

int hak_host_enter(void)
{
    uint64_t numbers = atomic_load_explicit(&free_numbers, memory_order_relaxed);
    if (hak_host_core_plus_1 != 0)
        return 1;
    while (numbers != 0) {
        unsigned lowest = hak_port_ctz(numbers);
        if (atomic_compare_exchange_weak_explicit(&free_numbers, &numbers,
                                                  numbers & ~(UINT64_C(1) << lowest),
                                                  memory_order_acquire, memory_order_relaxed)) {
            hak_host_core_plus_1 = lowest + 1;
            return 1;
        }
    }
    return 0;
}

void hak_host_leave(void)
{
    if (hak_host_core_plus_1 == 0)
        return;
    uint64_t mine = UINT64_C(1) << (hak_host_core_plus_1 - 1);
    hak_host_core_plus_1 = 0;
    atomic_fetch_or_explicit(&free_numbers, mine, memory_order_release);
}

static uint64_t own_number(void)
{
    return hak_host_core_plus_1 != 0 ? UINT64_C(1) << (hak_host_core_plus_1 - 1) : 0;
}

void hak_host_only_this_thread(void)
{
    atomic_store_explicit(&free_numbers, ALL_FREE & ~own_number(), memory_order_relaxed);
}

/* sched_yield(2) and nanosleep(2), numbers 24 and 35 on x86-64. */
void hak_host_yield(void)
{
    long result = 24;
    __asm__ volatile("syscall" : "+a"(result) : : "rcx", "r11", "memory");
}

void hak_host_sleep(unsigned turns)
{
    const long time[2] = {0, turns < 2048 ? 2000000 : 50000000};
    long result = 35;
    if ((atomic_load_explicit(&free_numbers, memory_order_relaxed) | own_number()) == ALL_FREE)
        return;
    __asm__ volatile("syscall" : "+a"(result) : "D"(time), "S"(0L) : "rcx", "r11", "memory");
}
