/* SPDX-License-Identifier: MIT */
/* The part of kit_test that needs interrupts; elsewhere it passes. */
#include "kit.h"
#include "kit_test.h"

#include <stdatomic.h>

static atomic_uint ticks[CORES_MAX];

static void tick(void) { atomic_fetch_add(&ticks[kit_core()], 1); }

static unsigned my_ticks(void) { return atomic_load(&ticks[kit_core()]); }

/* KIT_CHECK returns, so each step is a function of its own. */
static void check_period(void)
{
    atomic_store(&ticks[kit_core()], 0);
    kit_timer_start(50, tick);
    while (my_ticks() < 20)
        kit_relax();
    kit_timer_stop();
    unsigned seen = my_ticks();
    wait_ns(200000);
    KIT_CHECK(my_ticks() == seen);
}

static void check_mask(void)
{
    atomic_store(&ticks[kit_core()], 0);
    uint64_t outer = kit_mask();
    kit_timer_start(20, tick);
    wait_ns(200000);
    KIT_CHECK(my_ticks() == 0);
    uint64_t inner = kit_mask();
    wait_ns(100000);
    kit_unmask(inner); /* still held by the outer one */
    wait_ns(100000);
    KIT_CHECK(my_ticks() == 0);
    kit_unmask(outer); /* it waits already: it comes, and with icount at once */
    if (kit_instructions() != 0)
        KIT_CHECK(my_ticks() >= 1);
    while (my_ticks() == 0)
        kit_relax();
    kit_timer_stop();
}

static void check_once(void)
{
    atomic_store(&ticks[kit_core()], 0);
    kit_timer_once(10000, tick);
    while (my_ticks() == 0)
        kit_relax();
    wait_ns(200000);
    KIT_CHECK(my_ticks() == 1);
}

/* A handler may set the timer anew. */
static void tick_again(void)
{
    tick();
    if (my_ticks() < 5)
        kit_timer_once(5000 + my_ticks(), tick_again);
}

static void check_again(void)
{
    atomic_store(&ticks[kit_core()], 0);
    kit_timer_once(5000, tick_again);
    while (my_ticks() < 5)
        kit_relax();
    wait_ns(100000);
    KIT_CHECK(my_ticks() == 5);
}

/* ... or stop it. */
static void tick_thrice(void)
{
    tick();
    if (my_ticks() == 3)
        kit_timer_stop();
}

static void check_stop(void)
{
    atomic_store(&ticks[kit_core()], 0);
    kit_timer_start(10, tick_thrice);
    while (my_ticks() < 3)
        kit_relax();
    wait_ns(100000);
    KIT_CHECK(my_ticks() == 3);
}

static void interrupts(unsigned core, void *context)
{
    (void)core, (void)context;
    check_period();
    check_mask();
    check_once();
    check_again();
    check_stop();
}

static void no_tick(void) {}

static bool have_timer(void)
{
    bool have = kit_timer_start(1000000, no_tick);
    kit_timer_stop();
    return have;
}

void test_timer(void)
{
    if (have_timer())
        kit_parallel(kit_cores(), interrupts, NULL);
}

/* Sixteen values that a compiler keeps in registers, as this calls nothing. */
static __attribute__((noinline)) uint64_t mix_in_registers(unsigned rounds)
{
    uint64_t a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8;
    uint64_t i = 9, j = 10, k = 11, l = 12, m = 13, n = 14, o = 15, p = 16;
    for (unsigned round = 0; round < rounds; round++) {
        __asm__ volatile("" : : : "memory"); /* two calls are not one */
        a += p ^ (b << 1), b += a ^ (c >> 1), c += b ^ (d << 1), d += c ^ (e >> 1);
        e += d ^ (f << 1), f += e ^ (g >> 1), g += f ^ (h << 1), h += g ^ (i >> 1);
        i += h ^ (j << 1), j += i ^ (k >> 1), k += j ^ (l << 1), l += k ^ (m >> 1);
        m += l ^ (n << 1), n += m ^ (o >> 1), o += n ^ (p << 1), p += o ^ (a >> 1);
    }
    return a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ i ^ j ^ k ^ l ^ m ^ n ^ o ^ p;
}

/* A handler that uses every register that a function may. */
static volatile uint64_t spoiled;

static void spoil(void)
{
    tick();
    spoiled = mix_in_registers(2);
}

void test_registers(void)
{
    unsigned rounds = (unsigned)kit_argument_number("rounds", 100000);
    uint64_t quiet = mix_in_registers(rounds), disturbed;
    atomic_store(&ticks[0], 0);
    /* Where time is the host's, a slow host would do nothing but interrupts. */
    bool interrupted = kit_timer_start(kit_instructions() != 0 ? 2 : 50, spoil);
    do
        disturbed = mix_in_registers(rounds);
    while (disturbed == quiet && interrupted && my_ticks() == 0);
    kit_timer_stop();
    KIT_CHECK(quiet == disturbed);
}
