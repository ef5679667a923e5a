/* SPDX-License-Identifier: MIT */
/* Builds with LEARN=1: lifetimes by call site, sizes of their own, and where a
 * long-lived site's blocks are cut. */
#include "heap.h"
#include "kit.h"
#include "learner.h"
#include "policy.h"

enum { HEAP = 1 << 20, BLOCK = 12 << 10, KEPT = 20, OWN = 21 * GRANULE_BYTES };

static const char long_site[4], short_site[4];
static _Alignas(8) hak_policy table;
static size_t faults;

void hak_port_fault(hak_fault kind, const void *pointer, const void *call_site)
{
    (void)kind;
    (void)pointer;
    (void)call_site;
    faults++;
}

static bool start(void)
{
    static bool started;
    size_t bytes;
    if (!started && hak_init(kit_ram(HEAP, &bytes), HEAP) != HAK_OK)
        return false;
    started = true;
    hak_learn(HAK_LEARN, 1);
    return true;
}

/* Blocks of one place stay, of the other go at once. */
static bool work(void)
{
    void *kept[KEPT];
    for (unsigned i = 0; i < 50 * KEPT; i++) {
        if (i >= KEPT && i % 10 == 0)
            hak_free(kept[i / 10 % KEPT]);
        if (i < KEPT || i % 10 == 0)
            kept[i < KEPT ? i : i / 10 % KEPT] = heap_malloc(BLOCK, long_site);
        for (unsigned k = 0; k < 5; k++)
            hak_free(heap_malloc(BLOCK / 2, short_site));
        hak_tick();
    }
    for (unsigned i = 0; i < KEPT; i++)
        hak_free(kept[i]);
    return hak_check() == NULL && faults == 0;
}

static unsigned bits(void)
{
    unsigned count = 0;
    for (unsigned i = 0; i < POLICY_SITES; i++)
        count += table.long_lived[i / 8] >> i % 8 & 1;
    return count;
}

static void test_lifetimes(void)
{
    KIT_CHECK(start() && work());
    KIT_CHECK(hak_policy_export(&table, sizeof table, HAK_FROZEN) == sizeof table);
    KIT_CHECK(policy_is_sound(&table) && bits() == 1);
}

/* With that table the one place's block lies at the end of the free extent. */
static void test_ends(void)
{
    KIT_CHECK(bits() == 1);
    policy_now = &table;
    char *front = heap_malloc(BLOCK, short_site), *back = heap_malloc(BLOCK, long_site);
    char *front2 = heap_malloc(BLOCK, short_site), *back2 = heap_malloc(BLOCK, long_site);
    KIT_CHECK(front != NULL && back2 != NULL && front2 == front + BLOCK && back2 == back - BLOCK);
    KIT_CHECK((uintptr_t)back + BLOCK == run.first.first_address + run.first.usable_bytes);
    KIT_CHECK(hak_check() == NULL);
    hak_free(front), hak_free(front2), hak_free(back2), hak_free(back);
    KIT_CHECK(hak_check() == NULL && faults == 0);
}

/* One size that the classes' steps do not meet is asked for more than all else. */
static void test_own(void)
{
    enum { BLOCKS = 600 };
    static void *block[BLOCKS];
    KIT_CHECK(start());
    for (unsigned round = 0; round < 10; round++) {
        for (unsigned i = 0; i < BLOCKS; i++) {
            block[i] = heap_malloc(OWN, short_site);
            hak_tick();
        }
        for (unsigned i = 0; i < BLOCKS; i++)
            hak_free(block[i]);
    }
    KIT_CHECK(hak_policy_export(&table, sizeof table, HAK_FROZEN) == sizeof table);
    KIT_CHECK(policy_is_sound(&table) && table.own[0] == 21 && table.own[1] == 0);
}

/* How many of so many slow calls end with a step of learning? */
static unsigned steps_in(unsigned slow_calls)
{
    unsigned steps = 0;
    for (unsigned i = 0; i < slow_calls; i++) {
        unsigned step = learner.step, part = learner.part;
        void *p = heap_malloc(BLOCK, short_site);
        steps += learner.step != step || learner.part != part;
        hak_free(p);
    }
    return steps;
}

static void test_each(void)
{
    KIT_CHECK(start());
    policy_now = &policy_built_in;
    hak_learn(HAK_LEARN, 9);
    KIT_CHECK(steps_in(50) == 0);
    for (unsigned each = 1; each < 6; each++) {
        hak_tick_each(each);
        KIT_CHECK(steps_in(120) == 120 / each);
    }
    /* A round is four steps for each class, and one more; and for each band two for
     * each seat, and three (nobody asked: no matches). */
    unsigned seats = pools.cache.seats_most, calls = 0;
    hak_learn(HAK_LEARN, 9);
    hak_tick_each(1);
    for (bool began = false; !began || learner.step != 0; calls++) {
        steps_in(1);
        began |= learner.step != 0;
    }
    KIT_CHECK(calls == 4 * pools.class_count + POLICY_BANDS * (2 * seats + 3) + 1);
    /* Frozen, and while another context is at it: nothing. */
    hak_learn(HAK_FROZEN, 1);
    KIT_CHECK(steps_in(50) == 0);
    hak_learn(HAK_CANARY, 1);
    KIT_CHECK(steps_in(50) == 50);
    word_set(&learner.busy, 1);
    hak_learn(HAK_LEARN, 3);
    KIT_CHECK(steps_in(50) == 0 && hak_learn_state() == HAK_LEARN && learner.state == HAK_CANARY);
    hak_tick();
    KIT_CHECK(learner.state == HAK_CANARY);
    word_set(&learner.busy, 0);
    KIT_CHECK(steps_in(1) == 1 && learner.state == HAK_LEARN && learner.random == 3);
    hak_tick_each(0);
    KIT_CHECK(steps_in(50) == 0 && hak_check() == NULL && faults == 0);
}

int kit_main(void)
{
    static const kit_case cases[] = {{"sample_lifetimes", test_lifetimes},
                                     {"sample_ends", test_ends},
                                     {"sample_own", test_own},
                                     {"sample_each", test_each}};
    return kit_run_cases(cases, sizeof cases / sizeof cases[0]);
}
