/* SPDX-License-Identifier: MIT */
/* A block is freed twice, and others between. */
#include "misuse.h"

const bool misuse_without_heap = false;

static void test_page(void)
{
    char *block[200];
    KIT_CHECK(misuse_page_blocks(block, 200));
    for (unsigned i = 0; i + 2 < 200; i += 5) {
        hak_free(block[i]);
        hak_free(block[i + 2]);
        KIT_CHECK(misuse_every_call(block[i], HAK_FAULT_DOUBLE_FREE, HAK_FAULT_DOUBLE_FREE));
        KIT_CHECK(misuse_every_call(block[i + 2], HAK_FAULT_DOUBLE_FREE, HAK_FAULT_DOUBLE_FREE));
    }
    /* Long after, and after a malloc of another class. */
    KIT_CHECK(hak_malloc(IN_PAGE * 3) != NULL);
    for (unsigned i = 0; i + 2 < 200; i += 5)
        KIT_CHECK(misuse_every_call(block[i], HAK_FAULT_DOUBLE_FREE, HAK_FAULT_DOUBLE_FREE));
}

static void test_run(void)
{
    char *block[5];
    for (unsigned i = 0; i < 5; i++)
        KIT_CHECK((block[i] = hak_malloc(IN_RUN)) != NULL);
    hak_free(block[1]);
    hak_free(block[3]);
    KIT_CHECK(misuse_every_call(block[1], HAK_FAULT_DOUBLE_FREE, HAK_FAULT_DOUBLE_FREE));
    KIT_CHECK(misuse_every_call(block[3], HAK_FAULT_DOUBLE_FREE, HAK_FAULT_DOUBLE_FREE));
    /* Its neighbour merges with it; then it is not the start of anything. */
    hak_free(block[2]);
    for (unsigned i = 1; i < 4; i++)
        KIT_CHECK(misuse_every_call(block[i], HAK_FAULT_DOUBLE_FREE, HAK_FAULT_NOT_A_BLOCK));
    hak_free(block[0]);
    hak_free(block[4]);
    for (unsigned i = 0; i < 5; i++)
        KIT_CHECK(misuse_every_call(block[i], HAK_FAULT_DOUBLE_FREE, HAK_FAULT_NOT_A_BLOCK));
}

/* The memory belongs to a new block, which begins elsewhere: it is not freed. */
static void test_given_away(void)
{
    char *block[2], *whole;
    KIT_CHECK((block[0] = hak_malloc(IN_RUN)) != NULL && (block[1] = hak_malloc(IN_RUN)) != NULL);
    hak_free(block[0]);
    hak_free(block[1]);
    KIT_CHECK(hak_malloc(MISUSE_HEAP) == NULL); /* what is retained goes back */
    KIT_CHECK((whole = hak_malloc(2 * IN_RUN)) == block[0]);
    KIT_CHECK(misuse_every_call(block[1], HAK_FAULT_INTERIOR, HAK_FAULT_INTERIOR));
    KIT_CHECK(hak_usable_size(whole) >= 2 * IN_RUN);
    hak_free(whole);
}

MISUSE_CASES({"double_free_between_page", test_page}, {"double_free_between_run", test_run},
             {"double_free_between_given_away", test_given_away});
