/* SPDX-License-Identifier: MIT */
/* A block is freed again after its page was emptied. */
#include "misuse.h"

const bool misuse_without_heap = false;

enum { BLOCKS = 1500 };
static char *block[BLOCKS];

static bool fill_and_empty(void)
{
    for (unsigned i = 0; i < BLOCKS; i++)
        HOLDS((block[i] = hak_malloc(IN_PAGE)) != NULL);
    for (unsigned i = 0; i < BLOCKS; i++)
        hak_free(block[i]);
    return true;
}

/* Some pages were given back, one or the other is kept. */
static void test_emptied(void)
{
    hak_stats stats;
    KIT_CHECK(fill_and_empty());
    hak_stats_get(&stats);
    KIT_CHECK(stats.pages_retired != 0);
    for (unsigned i = 0; i < BLOCKS; i += 7)
        KIT_CHECK(misuse_every_call(block[i], HAK_FAULT_DOUBLE_FREE, HAK_FAULT_NOT_A_BLOCK));
}

/* The core is idle, and all pages are recalled. */
static void test_recalled(void)
{
    hak_stats stats;
    KIT_CHECK(fill_and_empty());
    hak_core_idle();
    KIT_CHECK(hak_malloc(MISUSE_HEAP) == NULL);
    hak_stats_get(&stats);
    KIT_CHECK(stats.page_bytes == 0);
    for (unsigned i = 0; i < BLOCKS; i += 7)
        KIT_CHECK(misuse_every_call(block[i], HAK_FAULT_DOUBLE_FREE, HAK_FAULT_NOT_A_BLOCK));
}

/* The pages' memory is one block of the run layer now. */
static void test_given_away(void)
{
    hak_stats stats;
    hak_stats_get(&stats);
    char *all = hak_malloc(stats.free_bytes);
    KIT_CHECK(all != NULL);
    for (unsigned i = 0; i < BLOCKS; i += 7)
        if (block[i] != all)
            KIT_CHECK(misuse_every_call(block[i], HAK_FAULT_INTERIOR, HAK_FAULT_NOT_A_BLOCK));
    hak_free(all);
    KIT_CHECK(misuse_silent());
}

MISUSE_CASES({"double_free_emptied", test_emptied}, {"double_free_recalled", test_recalled},
             {"double_free_emptied_given_away", test_given_away});
