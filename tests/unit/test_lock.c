/* SPDX-License-Identifier: MIT */
/* port.h: both ways to take the lock exclude, whichever the port uses. */
#include "unit.h"

enum { TURNS = 500 };

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

static const kit_case lock_tests_cases[] = {
    {"lock_fair", test_fair},
    {"lock_any", test_any},
};
UNIT_SUITE(lock_tests);
