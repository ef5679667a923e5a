/* SPDX-License-Identifier: MIT */
/* A block is freed twice in a row. */
#include "misuse.h"

const bool misuse_without_heap = false;

static void test_page(void)
{
    char *block[40];
    KIT_CHECK(misuse_page_blocks(block, 40));
    for (unsigned i = 0; i < 40; i += 3) {
        hak_free(block[i]);
        KIT_CHECK(misuse_every_call(block[i], HAK_FAULT_DOUBLE_FREE, HAK_FAULT_DOUBLE_FREE));
    }
    KIT_CHECK(misuse_silent());
}

static void test_run(void)
{
    char *block[3];
    for (unsigned i = 0; i < 3; i++)
        KIT_CHECK((block[i] = hak_malloc(IN_RUN)) != NULL);
    for (unsigned i = 0; i < 3; i++) {
        hak_free(block[i]);
        KIT_CHECK(misuse_every_call(block[i], HAK_FAULT_DOUBLE_FREE, HAK_FAULT_DOUBLE_FREE));
    }
    KIT_CHECK(misuse_silent());
}

static void test_aligned(void)
{
    char *block = hak_aligned_alloc(4096, 300);
    hak_free(block);
    KIT_CHECK(misuse_every_call(block, HAK_FAULT_DOUBLE_FREE, HAK_FAULT_DOUBLE_FREE));
}

/* The reuse cache has it; then someone else; then the run layer. */
static void test_cached(void)
{
    hak_stats stats;
    char *block = hak_malloc(IN_CACHE), *inside = block + 4096;
    hak_free(block);
    hak_stats_get(&stats);
    KIT_CHECK(stats.cached_blocks == 1);
    KIT_CHECK(misuse_every_call(block, HAK_FAULT_DOUBLE_FREE, HAK_FAULT_DOUBLE_FREE));
    KIT_CHECK(misuse_every_call(inside, HAK_FAULT_DOUBLE_FREE, HAK_FAULT_DOUBLE_FREE));
    KIT_CHECK(hak_malloc(MISUSE_HEAP) == NULL);
    hak_stats_get(&stats);
    KIT_CHECK(stats.cached_blocks == 0);
    KIT_CHECK(misuse_every_call(block, HAK_FAULT_DOUBLE_FREE, HAK_FAULT_NOT_A_BLOCK));
    KIT_CHECK(misuse_silent());
}

/* realloc moved the block: the old one is free. */
static void test_moved(void)
{
    char *block[2], *moved;
    KIT_CHECK(misuse_page_blocks(block, 2));
    KIT_CHECK((moved = hak_realloc(block[0], 3000)) != NULL && moved != block[0]);
    KIT_CHECK(misuse_every_call(block[0], HAK_FAULT_DOUBLE_FREE, HAK_FAULT_DOUBLE_FREE));
    hak_free(moved);
}

MISUSE_CASES({"double_free_page", test_page}, {"double_free_run", test_run},
             {"double_free_aligned", test_aligned}, {"double_free_cached", test_cached},
             {"double_free_moved", test_moved});
