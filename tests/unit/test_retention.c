/* SPDX-License-Identifier: MIT */
/* retention.h: Elo and the policy's bands on the reuse cache itself. */
#include "learner.h"
#include "unit.h"

enum { HEAP = UNIT_RAM_MOST };
static _Alignas(8) hak_policy table;

static size_t band_bytes(unsigned band)
{
    return (size_t)GRANULE_BYTES << (WORD_BITS - pools.cache.zeros + band);
}

static hak_stats now(void)
{
    hak_stats stats;
    hak_stats_get(&stats);
    return stats;
}

static void round_of_ticks(void)
{
    do
        hak_tick();
    while (learner.step != 0);
}

/* One call site. */
static __attribute__((noinline)) void once(unsigned band)
{
    hak_free(hak_malloc(band_bytes(band)));
}

/* Puts of the same block again and again, with ticks. */
static void use(unsigned band, unsigned rounds)
{
    for (unsigned i = 0; i < rounds; i++) {
        for (unsigned k = 0; k < 40; k++)
            once(band);
        round_of_ticks();
    }
}

/* A band that always hits: strategies that cache nothing, or flush, are not chosen. */
static void test_elo(void)
{
    KIT_CHECK(unit_heap(HEAP, 0) && pools.cache.zeros != 0);
    hak_learn(HAK_LEARN, 1);
    use(1, 100);
    KIT_CHECK(hak_policy_export(&table, sizeof table, HAK_FROZEN) == sizeof table);
    KIT_CHECK(table.band[1].depth != 0 && learner.elo[1].cost[1] > learner.elo[1].cost[0]);
    KIT_CHECK(policy_is_sound(&table) && hak_check() == NULL && unit_faults == 0);
}

static bool start(hak_policy_band band)
{
    unit_forget();
    for (size_t i = 0; i < sizeof table; i++)
        ((uint8_t *)&table)[i] = ((const uint8_t *)&policy_built_in)[i];
    table.band[1] = band;
    table.checksum = policy_sum(&table);
    HOLDS(hak_policy_load(&table, sizeof table) == HAK_OK);
    HOLDS(hak_init(unit_ram(HEAP, 0), HEAP) == HAK_OK && pools.cache.zeros != 0);
    return true;
}

/* A loaded depth of 0: nothing is kept in that band, from the first free on. */
static void test_depth(void)
{
    KIT_CHECK(start((hak_policy_band){0, 0, 0, 0}));
    once(1);
    KIT_CHECK(now().cached_blocks == 0);
    once(2);
    KIT_CHECK(now().cached_blocks == 1 && hak_check() == NULL);
}

/* Late: three rounds without a hit; eager: three rounds. */
static void test_keep(void)
{
    for (unsigned eager = 0; eager < 2; eager++) {
        KIT_CHECK(start((hak_policy_band){1, 3, (uint8_t)eager, 0}));
        once(1);
        round_of_ticks(), round_of_ticks();
        once(1);
        KIT_CHECK(now().cached_blocks == 1);
        round_of_ticks();
        KIT_CHECK(now().cached_blocks == !eager);
        round_of_ticks(), round_of_ticks();
        KIT_CHECK(now().cached_blocks == !eager);
        round_of_ticks();
        KIT_CHECK(now().cached_blocks == 0 && hak_check() == NULL && unit_guards_hold());
    }
    unit_forget();
}

static const kit_case retention_tests_cases[] = {
    {"retention_elo", test_elo}, {"retention_depth", test_depth}, {"retention_keep", test_keep}};
UNIT_SUITE(retention_tests);
