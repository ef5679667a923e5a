/* SPDX-License-Identifier: MIT */
/* A block is freed on one core, and then on another. */
#include "misuse.h"

const bool misuse_without_heap = false;

enum { BLOCKS = 64 };
static char *block[BLOCKS];
static char *big[8];
static bool drained_twice;

/* Run it on core 1; core 0 looks on. */
static struct {
    bool (*run)(void);
    bool result;
} job;

static void body(unsigned core, void *context)
{
    (void)context;
    if (core == 1)
        job.result = job.run();
}

static bool on_core_1(bool (*run)(void))
{
    job.run = run;
    kit_parallel(2, body, NULL);
    return job.result;
}

static bool is_double(char *p)
{
    return misuse_every_call(p, HAK_FAULT_DOUBLE_FREE, HAK_FAULT_DOUBLE_FREE);
}

static bool take_blocks(void)
{
    HOLDS(misuse_page_blocks(block, BLOCKS));
    for (unsigned i = 0; i < 8; i++)
        HOLDS((big[i] = hak_malloc(i % 4 < 2 ? IN_RUN : IN_CACHE)) != NULL);
    return true;
}

static bool free_half(void)
{
    for (unsigned i = 0; i < BLOCKS; i += 2)
        hak_free(block[i]);
    for (unsigned i = 0; i < 8; i += 2)
        hak_free(big[i]);
    return true;
}

static bool half_is_free(void)
{
    for (unsigned i = 0; i < BLOCKS; i += 2)
        HOLDS(is_double(block[i]));
    for (unsigned i = 0; i < 8; i += 2)
        HOLDS(misuse_every_call(big[i], HAK_FAULT_DOUBLE_FREE, HAK_FAULT_NOT_A_BLOCK));
    return true;
}

/* The owner allocates until it has drained what the other core freed: one of
 * those blocks comes back. */
static bool drain(void)
{
    hak_stats before, after;
    for (unsigned i = 0; i < 1000; i++) {
        hak_stats_get(&before);
        char *p = hak_malloc(IN_PAGE);
        hak_stats_get(&after);
        HOLDS(p != NULL);
        for (unsigned k = 0; k < BLOCKS; k += 2)
            block[k] = block[k] == p ? block[k + 2 < BLOCKS ? k + 2 : 0] : block[k];
        drained_twice |= after.refill_drain != before.refill_drain;
        if (after.refill_drain + after.refill_adopt != before.refill_drain + before.refill_adopt)
            return true;
    }
    HOLDS(!"the owner never drained");
    return false;
}

static bool free_rest(void)
{
    for (unsigned i = 1; i < BLOCKS; i += 2)
        hak_free(block[i]);
    for (unsigned i = 1; i < 8; i += 2)
        hak_free(big[i]);
    return misuse_silent();
}

static bool idle(void)
{
    hak_core_idle();
    return true;
}

static bool too_few_cores(const char *name)
{
    if (kit_cores() < 2)
        kit_print("skip %s: one core\n", name);
    return kit_cores() < 2;
}

/* Owner 0; core 1 frees; then either tries again. */
static void test_before_drain(void)
{
    if (too_few_cores("two_cores_before_drain"))
        return;
    KIT_CHECK(take_blocks() && on_core_1(free_half));
    KIT_CHECK(half_is_free() && on_core_1(half_is_free));
    KIT_CHECK(free_rest());
}

static void test_after_drain(void)
{
    if (too_few_cores("two_cores_after_drain"))
        return;
    KIT_CHECK(take_blocks() && on_core_1(free_half) && drain());
    KIT_CHECK(half_is_free() && on_core_1(half_is_free));
    KIT_CHECK(on_core_1(free_rest));
}

/* The owner frees first. */
static void test_owner_first(void)
{
    if (too_few_cores("two_cores_owner_first"))
        return;
    KIT_CHECK(take_blocks() && free_half());
    KIT_CHECK(on_core_1(half_is_free) && half_is_free());
    KIT_CHECK(on_core_1(free_rest));
}

/* The owner is idle, before or after the first free. */
static void test_idle_owner(void)
{
    if (too_few_cores("two_cores_idle_owner"))
        return;
    KIT_CHECK(on_core_1(take_blocks) && on_core_1(idle) && free_half());
    KIT_CHECK(half_is_free() && on_core_1(half_is_free) && free_rest());
    KIT_CHECK(on_core_1(take_blocks) && free_half() && on_core_1(idle));
    KIT_CHECK(half_is_free() && on_core_1(half_is_free) && on_core_1(free_rest));
}

/* Interior and misaligned pointers into another core's blocks. */
static bool bad_pointers(void)
{
    for (unsigned i = 0; i < BLOCKS; i += 5) {
        HOLDS(misuse_every_call(block[i] + 16, HAK_FAULT_INTERIOR, HAK_FAULT_INTERIOR));
        HOLDS(misuse_every_call(block[i] + 7, HAK_FAULT_MISALIGNED, HAK_FAULT_MISALIGNED));
    }
    HOLDS(misuse_every_call(big[1] + 160, HAK_FAULT_INTERIOR, HAK_FAULT_INTERIOR));
    return true;
}

static void test_bad_pointers(void)
{
    if (too_few_cores("two_cores_bad_pointers"))
        return;
    KIT_CHECK(take_blocks() && on_core_1(bad_pointers));
    KIT_CHECK(free_half() && free_rest());
}

MISUSE_CASES({"two_cores_before_drain", test_before_drain},
             {"two_cores_after_drain", test_after_drain},
             {"two_cores_owner_first", test_owner_first}, {"two_cores_idle_owner", test_idle_owner},
             {"two_cores_bad_pointers", test_bad_pointers});
