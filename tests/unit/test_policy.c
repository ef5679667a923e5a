/* SPDX-License-Identifier: MIT */
/* policy.h: which tables are refused, what a bad one can do, what a good one does. */
#include "policy.h"
#include "unit.h"

static _Alignas(8) hak_policy table;

static void fresh(void)
{
    unit_forget();
    for (size_t i = 0; i < sizeof table; i++)
        ((uint8_t *)&table)[i] = ((const uint8_t *)&policy_built_in)[i];
    table.checksum = policy_sum(&table);
}

static bool refused(void)
{
    return hak_policy_load(&table, sizeof table) == HAK_ERR_POLICY &&
           policy_now == &policy_built_in;
}

/* The same with a checksum that is right: only the value is wrong. */
static bool refused_though_whole(void)
{
    table.checksum = policy_sum(&table);
    return refused();
}

static void test_refused(void)
{
    fresh();
    KIT_CHECK(hak_policy_load(NULL, sizeof table) == HAK_ERR_NULL);
    for (size_t size = 0; size < 2 * sizeof table; size++)
        KIT_CHECK(size == sizeof table || hak_policy_load(&table, size) == HAK_ERR_POLICY);
    KIT_CHECK(hak_policy_load((uint8_t *)&table + 1, sizeof table) == HAK_ERR_POLICY);
    KIT_CHECK(hak_policy_load(&table, sizeof table) == HAK_OK && policy_now == &table);
    for (size_t bit = 0; bit < 8 * sizeof table; bit++) {
        fresh();
        ((uint8_t *)&table)[bit / 8] ^= (uint8_t)(1u << bit % 8);
        KIT_CHECK(refused());
    }
    KIT_CHECK(unit_heap(1 << 16, 0));
    table.checksum = policy_sum(&table);
    KIT_CHECK(hak_policy_load(&table, sizeof table) == HAK_ERR_LATE);
}

static void test_values(void)
{
    fresh(), table.version++;
    KIT_CHECK(refused_though_whole());
    fresh(), table.magic ^= 0xffffffff;
    KIT_CHECK(refused_though_whole());
    fresh(), table.bytes++;
    KIT_CHECK(refused_though_whole());
    fresh(), table.granule_bytes = 24 - GRANULE_BYTES;
    KIT_CHECK(refused_though_whole());
    fresh(), table.state = HAK_MISFIT;
    KIT_CHECK(refused_though_whole());
    fresh(), table.slow_permille = 1001;
    KIT_CHECK(refused_though_whole());
    fresh(), table.unused[1] = 1;
    KIT_CHECK(refused_though_whole());
    fresh(), table.band[3].depth = POLICY_DEPTH_MOST + 1;
    KIT_CHECK(refused_though_whole());
    fresh(), table.band[0].eager = 2;
    KIT_CHECK(refused_though_whole());
    fresh(), table.size[39].patience = POLICY_PATIENCE_MOST + 1;
    KIT_CHECK(refused_though_whole());
    fresh(), table.size[0].page_log2 = POLICY_PAGE_LOG2_MOST + 1;
    KIT_CHECK(refused_though_whole());
    fresh(), table.size[1].reserve = POLICY_PARTS + 2;
    KIT_CHECK(refused_though_whole());
    fresh(), table.own[0] = POLICY_OWN_LEAST - 1;
    KIT_CHECK(refused_though_whole());
    fresh(), table.own[0] = POLICY_OWN_MOST + 1;
    KIT_CHECK(refused_though_whole());
    fresh(), table.own[1] = 100;
    KIT_CHECK(refused_though_whole());
    fresh(), table.own[0] = table.own[1] = 100;
    KIT_CHECK(refused_though_whole());
    fresh(), table.own[0] = 100, table.own[1] = 101;
    table.checksum = policy_sum(&table);
    KIT_CHECK(hak_policy_load(&table, sizeof table) == HAK_OK);
}

/* Blocks of all sizes, under whatever policy is in force. */
static bool heap_works(size_t bytes, uint64_t *random)
{
    enum { BLOCKS = 200 };
    static void *block[BLOCKS];
    HOLDS(hak_init(unit_ram(bytes, 48), bytes) == HAK_OK);
    for (unsigned i = 0; i < BLOCKS; i++)
        block[i] = NULL;
    for (unsigned i = 0; i < 2000; i++) {
        unsigned k = (unsigned)(kit_random(random) >> 40) % BLOCKS;
        hak_free(block[k]);
        block[k] = hak_malloc((size_t)(kit_random(random) >> 33) % (bytes / BLOCKS));
        hak_tick();
        HOLDS(hak_check() == NULL || i % 100 != 0);
    }
    for (unsigned i = 0; i < BLOCKS; i++)
        hak_free(block[i]);
    HOLDS(hak_check() == NULL && unit_faults == 0);
    return unit_guards_hold();
}

/* What the program can write after it was loaded may be anything. junk=N tables of it:
 * the host, where that takes no time, tries many, a board a few of the same. */
static void test_junk(void)
{
    uint64_t random = 3, rounds = kit_argument_number("junk", 9);
    for (uint64_t round = 0; round < rounds; round++) {
        fresh();
        for (size_t i = 0; i < sizeof table; i++)
            ((uint8_t *)&table)[i] = (uint8_t)(kit_random(&random) >> 50);
        KIT_CHECK(refused());
        policy_now = &table;
        KIT_CHECK(heap_works((size_t)(round % 3 == 0   ? 20 << 10
                                      : round % 3 == 1 ? 200 << 10
                                                       : 2 << 20),
                             &random));
    }
    unit_forget();
}

/* Values out of range, behind the check: each reader takes the nearest, or the usual. */
static void test_limits(void)
{
    static hak_class classes[CLASSES_MOST];
    static uint8_t kind_of[1 << 16];
    unit_forget();
    for (size_t i = 0; i < sizeof table; i++)
        ((uint8_t *)&table)[i] = 0xff;
    policy_now = &table;
    for (size_t bytes = 1 << 20; bytes <= 256 << 20; bytes *= 4) {
        hak_class_plan plan = classes_plan(bytes, 100);
        classes_make(plan, classes, kind_of);
        KIT_CHECK(plan.largest_page_bytes <= 64 * UNIT_BYTES && plan.count <= CLASSES_MOST);
        const hak_class *last = &classes[plan.count - 1];
        KIT_CHECK(last->patience == (1 << POLICY_PATIENCE_MOST) - 2 && last->reserve == 16384);
        KIT_CHECK((size_t)last->units << UNIT_SHIFT == plan.largest_page_bytes);
        size_t four_times = plan.page_bytes * 4;
        KIT_CHECK(plan.largest_page_bytes ==
                  (four_times < 64 * UNIT_BYTES ? four_times : 64 * UNIT_BYTES));
    }
    unit_forget();
}

static size_t page_bytes(void)
{
    hak_stats stats;
    hak_stats_get(&stats);
    return stats.page_bytes;
}

static bool with_table(size_t bytes)
{
    table.checksum = policy_sum(&table);
    HOLDS(hak_policy_load(&table, sizeof table) == HAK_OK);
    HOLDS(hak_init(unit_ram(bytes, 0), bytes) == HAK_OK);
    return true;
}

static void test_effect(void)
{
    KIT_CHECK(unit_heap(1 << 20, 0));
    unsigned step = policy_step(64 / GRANULE_BYTES), kind = pools.kind_of[63 / GRANULE_BYTES];
    size_t usual = (size_t)pools.classes[kind - 1].units << UNIT_SHIFT;
    fresh();
    table.size[step] = (hak_policy_size){1, 1, 1, 0}; /* the first request, larger, always */
    KIT_CHECK(with_table(1 << 20));
    size_t larger = usual * 2 <= 64 * WORD_BITS ? usual * 2 : usual;
    KIT_CHECK(hak_malloc(64) != NULL && page_bytes() == larger);
    fresh();
    table.size[step] = (hak_policy_size){0, 0, POLICY_PARTS + 1, 0}; /* while all is free */
    KIT_CHECK(with_table(1 << 20));
    for (unsigned i = 0; i < 500; i++)
        KIT_CHECK(hak_malloc(64) != NULL);
    KIT_CHECK(page_bytes() == 0);
    fresh();
    table.own[0] = 21;
    KIT_CHECK(with_table(2 << 20));
    const hak_class *own = &pools.classes[pools.kind_of[20] - 1];
    KIT_CHECK(own->stride == 21 * GRANULE_BYTES && own[1].stride == 24 * GRANULE_BYTES);
    KIT_CHECK(own[-1].stride == 20 * GRANULE_BYTES);
    unit_forget();
}

static const kit_case policy_tests_cases[] = {
    {"policy_refused", test_refused}, {"policy_values", test_values}, {"policy_junk", test_junk},
    {"policy_limits", test_limits},   {"policy_effect", test_effect},
};
UNIT_SUITE(policy_tests);
