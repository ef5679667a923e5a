/* SPDX-License-Identifier: MIT */
/* elo.h, evolve.h, tick.c: what is learned, when, and that it can be repeated. */
#include "learner.h"
#include "unit.h"

static bool is_band(hak_policy_band a, hak_policy_band b)
{
    return a.depth == b.depth && a.keep == b.keep && a.eager == b.eager;
}

/* Epochs in which one strategy is cheapest by far. */
static unsigned play(unsigned cheapest, uint32_t seed, unsigned epochs)
{
    hak_elo elo;
    elo_start(&elo);
    for (unsigned i = 0; i < epochs; i++) {
        bool hits = elo.playing == cheapest;
        elo_play(&elo, (hak_epoch){hits ? 90 : 40, hits ? 10 : 60, 5, 20}, &seed);
    }
    return elo_best(&elo);
}

static void test_elo_finds(void)
{
    for (unsigned i = 0; i < ELO_STRATEGIES; i++)
        KIT_CHECK(play(i, 1 + i, 200) == i);
    for (unsigned i = 0; i < ELO_STRATEGIES; i++)
        for (unsigned k = 0; k < i; k++)
            KIT_CHECK(!is_band(elo_band(i), elo_band(k)));
}

/* Ratings are points that change hands; idle epochs count for nothing. */
static void test_elo_sum(void)
{
    uint64_t random = 7;
    uint32_t seed = 5;
    hak_elo elo;
    elo_start(&elo);
    for (unsigned i = 0; i < 2000; i++) {
        uint64_t dice = kit_random(&random);
        int sum = 0;
        elo_play(&elo, (hak_epoch){(uint32_t)dice % 100, (uint32_t)(dice >> 40) % 3, 0, 0}, &seed);
        bool cut = false;
        for (unsigned k = 0; k < ELO_STRATEGIES; k++) {
            KIT_CHECK(elo.rating[k] >= ELO_LEAST && elo.rating[k] <= ELO_MOST);
            cut |= elo.rating[k] == ELO_LEAST || elo.rating[k] == ELO_MOST;
            sum += elo.rating[k];
        }
        KIT_CHECK(cut || sum == ELO_STRATEGIES * ELO_START);
        KIT_CHECK(elo.playing < ELO_STRATEGIES);
    }
    hak_elo before = elo;
    elo_play(&elo, (hak_epoch){0, 0, 100, 100}, &seed);
    KIT_CHECK(before.playing == elo.playing && before.rating[0] == elo.rating[0]);
    KIT_CHECK(elo_cost((hak_epoch){UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX}) == UINT16_MAX);
}

enum { HEAP = 4 << 20, HOT = 512, MIDDLE = 48, COLD = 32, UNSEEN = 80, LIVE = 3000 };
static void *live[LIVE];

/* Many blocks of HOT bytes, a few of the others. */
static void work(unsigned rounds)
{
    for (unsigned i = 0; i < rounds; i++) {
        unsigned k = i % LIVE;
        hak_free(live[k]);
        live[k] = hak_malloc(HOT);
        if (i % 150 == 0)
            hak_free(hak_malloc(MIDDLE));
        if (i % 900 == 0)
            hak_free(hak_malloc(COLD));
        if (i % 4 == 0)
            hak_tick();
    }
}

static bool learn_heap(uint32_t seed)
{
    for (unsigned i = 0; i < LIVE; i++)
        live[i] = NULL;
    HOLDS(unit_heap(HEAP, 0));
    hak_learn(HAK_LEARN, seed);
    return true;
}

static hak_policy_size entry(const hak_policy *table, size_t bytes)
{
    return table->size[policy_step((uint32_t)(bytes / GRANULE_BYTES))];
}

static _Alignas(8) hak_policy one, two;

static bool same(void)
{
    for (size_t i = 0; i < sizeof one; i++)
        HOLDS(((const uint8_t *)&one)[i] == ((const uint8_t *)&two)[i]);
    return true;
}

static void test_evolution(void)
{
    KIT_CHECK(learn_heap(1));
    work(20000);
    KIT_CHECK(hak_policy_export(&one, sizeof one - 1, HAK_FROZEN) == 0);
    KIT_CHECK(hak_policy_export(NULL, sizeof one, HAK_FROZEN) == 0);
    KIT_CHECK(hak_policy_export(&one, sizeof one, HAK_MISFIT) == 0);
    KIT_CHECK(hak_policy_export(&one, sizeof one, HAK_FROZEN) == sizeof one);
    KIT_CHECK(policy_is_sound(&one) && one.state == HAK_FROZEN);
    KIT_CHECK(hak_policy_export(&two, sizeof two, HAK_CANARY) == sizeof two);
    KIT_CHECK(policy_is_sound(&two) && two.state == HAK_CANARY);
    hak_policy_size hot = entry(&one, HOT), cold = entry(&one, COLD);
    KIT_CHECK(hot.patience == 1 && hot.page_log2 >= 1 && hot.share > 200);
    KIT_CHECK(cold.patience > 1 && cold.page_log2 == 0 && cold.share < 2);
    KIT_CHECK(entry(&one, UNSEEN).patience == 0 && entry(&one, UNSEEN).share == 0);
    KIT_CHECK(one.slow_permille < 100 && hak_check() == NULL);
    /* In force already: the class's next page is born at once. */
    const hak_class *c = &pools.classes[pools.kind_of[(HOT - 1) / GRANULE_BYTES] - 1];
    KIT_CHECK(c->patience == 0);
    KIT_CHECK(learn_heap(1));
    work(20000);
    KIT_CHECK(hak_policy_export(&two, sizeof two, HAK_FROZEN) == sizeof two && same());
}

/* Little was asked for: nothing is said. */
static void test_too_little(void)
{
    KIT_CHECK(learn_heap(1));
    work(300);
    KIT_CHECK(hak_policy_export(&one, sizeof one, HAK_FROZEN) == sizeof one);
    for (unsigned i = 0; i < POLICY_SIZES; i++)
        KIT_CHECK(one.size[i].patience == 0 && one.size[i].page_log2 == 0);
}

/* A loaded table that is frozen is left alone, whatever happens. */
static void test_frozen(void)
{
    KIT_CHECK(learn_heap(1));
    work(20000);
    hak_policy_export(&one, sizeof one, HAK_FROZEN);
    unit_forget();
    for (unsigned i = 0; i < LIVE; i++)
        live[i] = NULL;
    KIT_CHECK(hak_policy_load(&one, sizeof one) == HAK_OK);
    KIT_CHECK(hak_init(unit_ram(HEAP, 0), HEAP) == HAK_OK);
    KIT_CHECK(hak_learn_state() == HAK_FROZEN);
    work(5000);
    KIT_CHECK(policy_now == &one && hak_learn_state() == HAK_FROZEN);
    hak_policy_export(&two, sizeof two, HAK_FROZEN);
    KIT_CHECK(same());
}

/* Small blocks that no page will serve. */
static void work_otherwise(unsigned rounds)
{
    for (unsigned i = 0; i < rounds; i++) {
        for (unsigned step = 0; step < 15; step++)
            hak_free(hak_malloc((step + 1) * GRANULE_BYTES));
        hak_tick();
    }
}

static hak_learning canary(hak_learning state, bool fits, unsigned slow_permille)
{
    hak_policy *table = &one;
    for (unsigned i = 0; i < sizeof *table; i++)
        ((uint8_t *)table)[i] = ((const uint8_t *)&policy_built_in)[i];
    for (unsigned i = 0; i < POLICY_SIZES && !fits; i++)
        table->size[i].patience = POLICY_PATIENCE_MOST;
    table->state = (uint8_t)state;
    table->slow_permille = (uint16_t)slow_permille;
    table->checksum = policy_sum(table);
    unit_forget();
    if (hak_policy_load(table, sizeof *table) != HAK_OK)
        return HAK_LEARN;
    hak_init(unit_ram(HEAP, 0), HEAP);
    work_otherwise(3000);
    return hak_learn_state();
}

static void test_canary(void)
{
    KIT_CHECK(canary(HAK_CANARY, true, 0) == HAK_CANARY);
    KIT_CHECK(canary(HAK_CANARY, false, 0) == HAK_MISFIT && policy_now == &one);
    KIT_CHECK(canary(HAK_CANARY, false, 480) == HAK_CANARY); /* as in training */
    KIT_CHECK(canary(HAK_CANARY_RELEARN, true, 0) == HAK_CANARY_RELEARN);
    KIT_CHECK(canary(HAK_CANARY_RELEARN, false, 0) == HAK_LEARN && policy_now == &learner.learned);
    KIT_CHECK(hak_check() == NULL);
    unit_forget();
}

/* Before hak_init nothing happens. */
static void test_early(void)
{
    unit_forget();
    hak_tick();
    hak_learn(HAK_LEARN, 1);
    KIT_CHECK(hak_learn_state() == HAK_FROZEN && policy_now == &policy_built_in);
    KIT_CHECK(hak_policy_export(&one, sizeof one, HAK_FROZEN) == sizeof one);
    KIT_CHECK(policy_is_sound(&one));
}

static const kit_case learn_tests_cases[] = {
    {"elo_finds", test_elo_finds}, {"elo_sum", test_elo_sum},
    {"evolution", test_evolution}, {"evolution_too_little", test_too_little},
    {"learn_frozen", test_frozen}, {"learn_canary", test_canary},
    {"learn_early", test_early},
};
UNIT_SUITE(learn_tests);
