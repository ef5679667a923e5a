/* SPDX-License-Identifier: MIT */
/* port.h: both ways to take the lock exclude, whichever the port uses; and a holder that
 * stops is found out, once. */
#include "unit.h"

/* Few turns for each where there are many cores: they wait for one another. */
enum { TURNS = HAK_CORES > 8 ? 60 : 500 };

static hak_lock lock;
static unsigned long count; /* changed with the lock held, by plain loads and stores */
static atomic_uint there;   /* cores that have come */
static void (*take)(hak_lock *lock);

static void take_fair(hak_lock *l) { hak_lock_take_fair(l); }
static void take_any(hak_lock *l) { hak_lock_take_any(l); }

static void body(unsigned core, void *context)
{
    (void)core;
    (void)context;
    atomic_fetch_add(&there, 1);
    while (atomic_load(&there) < kit_cores())
        kit_relax();
    for (unsigned i = 0; i < TURNS; i++) {
        hak_mask state = hak_port_mask();
        take(&lock);
        unsigned long seen = count;
        hak_port_relax(i % 16 == 0 ? 64 : 0); /* others have their turn meanwhile */
        count = seen + 1;
        hak_lock_drop(&lock);
        hak_port_unmask(state);
    }
}

/* Tickets wrap round on the way. */
static bool excludes(void (*way)(hak_lock *lock))
{
    take = way;
    count = 0;
    atomic_store(&there, 0);
    atomic_store(&lock.both, UINT32_C(0xfff0) << 16 | 0xfff0);
    kit_parallel(kit_cores(), body, NULL);
    HOLDS(count == (unsigned long)TURNS * kit_cores() && lock.serving == lock.next);
    HOLDS(lock.next == (uint16_t)(0xfff0 + count));
    return true;
}

/* With one core there is no lock. */
static void test_fair(void) { KIT_CHECK(HAK_PORT_ONE_CORE || excludes(take_fair)); }
static void test_any(void) { KIT_CHECK(HAK_PORT_ONE_CORE || excludes(take_any)); }

static bool is_stopped(void) { return hak_lock_is_stopped_at(atomic_load(&lock.both)); }

/* Ask for it as one who waits so long at most; true: it was given up, and nobody knew. */
static bool finds_out(uint32_t turns, bool *taken)
{
    hak_ticket drawn;
    *taken = hak_lock_draw_fair(&lock, &drawn) || hak_lock_wait(&lock, drawn, turns);
    return !*taken && hak_lock_give_up(&lock);
}

static void stops_at(uint16_t ticket)
{
    hak_ticket first, queued;
    bool taken;
    atomic_store(&lock.both, (uint32_t)ticket << 16 | ticket);
    KIT_CHECK(hak_lock_draw_fair(&lock, &first) && !hak_lock_draw_fair(&lock, &queued));
    KIT_CHECK(!is_stopped());
    KIT_CHECK(finds_out(100, &taken) && !taken && is_stopped());
    for (unsigned i = 0; i < 70000; i++) { /* tickets wrap round */
        KIT_CHECK(!finds_out(0, &taken) && !taken && is_stopped());
        if (i == 40000)
            hak_lock_drop_mine(&lock, first); /* the holder goes on after all, */
    }
    /* and serves the one that was queued: it gets nothing, and neither does anybody else. */
    KIT_CHECK(lock.serving == (uint16_t)(ticket + 1) && lock.serving == (uint16_t)(queued >> 16));
    KIT_CHECK(!hak_lock_wait(&lock, queued, 0) && !hak_lock_give_up(&lock) && is_stopped());
    KIT_CHECK(lock.next == (uint16_t)(ticket + 1 + HAK_LOCK_FAR));
    KIT_CHECK(!finds_out(100, &taken) && !taken);
}

static void test_stops(void)
{
    if (HAK_PORT_ONE_CORE)
        return;
    for (unsigned i = 0; i < 8 && !kit_case_failed(); i++)
        stops_at((uint16_t)(i * 0x2000 + (i & 1) * 0x1fff));
}

/* Who is served in time is not taken for stopped, be it at the last look. */
static void test_in_time(void)
{
    hak_ticket first, queued;
    if (HAK_PORT_ONE_CORE)
        return;
    atomic_store(&lock.both, 0xffffffff);
    KIT_CHECK(hak_lock_draw_fair(&lock, &first) && !hak_lock_draw_fair(&lock, &queued));
    KIT_CHECK(!hak_lock_wait(&lock, queued, 1));
    hak_lock_drop_mine(&lock, first);
    KIT_CHECK(hak_lock_wait(&lock, queued, 1) && !is_stopped());
    hak_lock_drop(&lock);
    KIT_CHECK(lock.serving == lock.next);
}

static const kit_case lock_tests_cases[] = {
    {"lock_fair", test_fair},
    {"lock_any", test_any},
    {"lock_stops", test_stops},
    {"lock_in_time", test_in_time},
};
UNIT_SUITE(lock_tests);
