/* SPDX-License-Identifier: MIT */
/* Pointers into live blocks, and free memory, that are no multiple of the granule. */
#include "misuse.h"

const bool misuse_without_heap = false;

static bool all_offsets(char *block)
{
    for (unsigned i = 1; i < 2 * HAK_GRANULE; i++)
        if (i % HAK_GRANULE != 0)
            HOLDS(misuse_every_call(block + i, HAK_FAULT_MISALIGNED, HAK_FAULT_MISALIGNED));
    return true;
}

static void test_page(void)
{
    char *block[20];
    KIT_CHECK(misuse_page_blocks(block, 20));
    KIT_CHECK(all_offsets(block[0]) && all_offsets(block[19]));
    hak_free(block[7]);
    KIT_CHECK(all_offsets(block[7]));
}

static void test_run(void)
{
    char *block = hak_malloc(IN_RUN);
    KIT_CHECK(all_offsets(block) && all_offsets(block + 1600));
    hak_free(block);
    KIT_CHECK(all_offsets(block));
}

MISUSE_CASES({"free_misaligned_page", test_page}, {"free_misaligned_run", test_run});
