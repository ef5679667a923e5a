/* SPDX-License-Identifier: MIT */
/* A policy as a firmware ships it: tests/learn/cjson_policy.c, made by `make learn`,
 * compiled in and loaded. The program that it was learned from allocates nodes of
 * 64 bytes: their pages are born at once, and the first malloc is as fast as any. */
#include "hak.h"
#include "kit.h"

extern const uint32_t hak_learned_policy[HAK_POLICY_BYTES / 4];

enum { HEAP = 128 << 10, NODES = 400 };
static void *node[NODES];

static size_t births(void)
{
    hak_stats stats;
    hak_stats_get(&stats);
    return stats.refill_birth;
}

static void test_compiled_in(void)
{
    size_t bytes;
    KIT_CHECK(hak_policy_load(hak_learned_policy, HAK_POLICY_BYTES - 1) == HAK_ERR_POLICY);
    KIT_CHECK(hak_policy_load(hak_learned_policy, sizeof hak_learned_policy) == HAK_OK);
    KIT_CHECK(hak_init(kit_ram(HEAP, &bytes), HEAP) == HAK_OK);
    KIT_CHECK(hak_policy_load(hak_learned_policy, sizeof hak_learned_policy) == HAK_ERR_LATE);
    node[0] = hak_malloc(64);
    KIT_CHECK(node[0] != NULL && births() == 1);
    for (unsigned i = 1; i < NODES; i++)
        node[i] = hak_malloc(64);
    hak_stats stats;
    hak_stats_get(&stats);
    KIT_CHECK(stats.malloc_pool + 20 >= NODES && hak_check() == NULL);
    for (unsigned i = 0; i < NODES; i++)
        hak_free(node[i]);
    KIT_CHECK(hak_check() == NULL);
}

int kit_main(void)
{
    static const kit_case cases[] = {{"policy_compiled_in", test_compiled_in}};
    return kit_run_cases(cases, 1);
}
