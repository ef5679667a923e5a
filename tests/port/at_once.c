/* SPDX-License-Identifier: MIT */
/* The part of port_test where several things happen at once: cores, and interrupts. */
#include "kit.h"
#include "port.h"
#include "port_test.h"

/* Of the timer, from the end of one handler on; in real time, a busy machine that
 * simulates four cores needs longer for anything. */
static unsigned period_us(void) { return kit_instructions() != 0 ? 10 : 500; }

static unsigned rounds(void) { return (unsigned)kit_argument_number("rounds", 2000); }

static _Atomic(uint32_t) wrong;

static void number(unsigned core, void *context)
{
    (void)context;
    if (hak_port_core() != core)
        hak_port_fetch_add_32(&wrong, 1, memory_order_relaxed);
}

void test_cores(void)
{
    KIT_CHECK(kit_cores() == 1 || !HAK_PORT_ONE_CORE);
    for (unsigned i = 0; i < 20; i++)
        kit_parallel(kit_cores(), number, NULL);
    KIT_CHECK(wrong == 0);
}

/* Words that all cores and their handlers change. */
static hak_atomic sum, bits, places, chain;
static _Atomic(uint32_t) half;
static _Atomic(uint32_t) handlers;
static _Atomic(uint32_t) arrived;

static void add_chained(void)
{
    hak_word seen = hak_port_get(&chain);
    while (!hak_port_compare_exchange(&chain, &seen, seen + 3, memory_order_relaxed,
                                      memory_order_relaxed))
        continue;
}

static void add_all(void)
{
    hak_port_fetch_add(&sum, 1, memory_order_relaxed);
    hak_port_fetch_add_32(&half, 0x10001, memory_order_relaxed);
    add_chained();
}

static void handler(void)
{
    add_all();
    hak_port_fetch_add_32(&handlers, 1, memory_order_relaxed);
}

/* All cores go on together, as well as they can. */
static void arrive(void)
{
    hak_port_fetch_add_32(&arrived, 1, memory_order_acq_rel);
    while (atomic_load_explicit(&arrived, memory_order_acquire) < kit_cores())
        kit_relax();
}

/* Each core has a bit of its own, which no other change may lose; and the words that
 * are passed on by exchange are never two or none. */
static void change(unsigned core, void *failed)
{
    hak_word mine = (hak_word)1 << core, carried = 0;
    arrive();
    kit_timer_start(period_us(), handler);
    for (unsigned i = 0; i < rounds(); i++) {
        add_all();
        bool was = (hak_port_fetch_or(&bits, mine, memory_order_relaxed) & mine) != 0;
        bool is = (hak_port_fetch_and(&bits, ~mine, memory_order_relaxed) & mine) != 0;
        carried = hak_port_exchange(&places, carried, memory_order_relaxed);
        if (was || !is)
            *(volatile bool *)failed = true;
    }
    kit_timer_stop();
    hak_port_fetch_add(&sum, carried, memory_order_relaxed);
}

void test_at_once(void)
{
    bool failed = false;
    hak_word token = 1000000000;
    sum = bits = chain = 0;
    half = handlers = arrived = 0;
    places = token;
    kit_parallel(kit_cores(), change, &failed);
    hak_word changes = (hak_word)kit_cores() * rounds() + handlers;
    KIT_CHECK(!failed && bits == 0);
    KIT_CHECK(sum + places == changes + token);
    KIT_CHECK(half == (uint32_t)changes * 0x10001u);
    KIT_CHECK(chain == changes * 3);
    if (kit_instructions() != 0)
        KIT_CHECK(handlers != 0);
}

static void wait_ns(uint64_t ns)
{
    uint64_t end = kit_nanoseconds() + ns;
    while (kit_nanoseconds() < end)
        kit_relax();
}

/* The port's mask, not the kit's. */
void test_mask(void)
{
    handlers = 0;
    hak_mask outer = hak_port_mask();
    if (!kit_timer_start(period_us(), handler)) {
        hak_port_unmask(outer);
        return;
    }
    wait_ns(200000);
    uint32_t inside = handlers;
    hak_mask inner = hak_port_mask();
    wait_ns(100000);
    hak_port_unmask(inner); /* still held by the outer one */
    wait_ns(100000);
    inside += handlers;
    hak_port_unmask(outer); /* it waits already */
    while (handlers == 0)
        kit_relax();
    kit_timer_stop();
    KIT_CHECK(inside == 0);
}

/* Few: first come, first served, and the host may have taken the one that is next off
 * its processor. */
#define TURNS 1000u

static hak_lock lock;
static volatile uint64_t plain;

static void locked_add(void)
{
    hak_mask state = hak_port_mask();
    hak_lock_take(&lock);
    uint64_t before = plain;
    for (unsigned i = 0; i < 100; i++) /* time for others to come in between */
        kit_core();
    plain = before + 1;
    hak_lock_drop(&lock);
    hak_port_unmask(state);
}

static void locked_handler(void)
{
    locked_add();
    hak_port_fetch_add_32(&handlers, 1, memory_order_relaxed);
}

static void take_turns(unsigned core, void *context)
{
    (void)core, (void)context;
    arrive();
    kit_timer_start(period_us(), locked_handler);
    for (unsigned i = 0; i < TURNS; i++)
        locked_add();
    kit_timer_stop();
}

void test_lock(void)
{
    plain = 0;
    handlers = arrived = 0;
    kit_parallel(kit_cores(), take_turns, NULL);
    KIT_CHECK(plain == (uint64_t)kit_cores() * TURNS + handlers);
}
