/* SPDX-License-Identifier: MIT */
/* Pointers into live blocks, aligned, but not to their start. */
#include "misuse.h"

const bool misuse_without_heap = false;

static void test_page(void)
{
    char *block[30];
    KIT_CHECK(misuse_page_blocks(block, 30));
    for (unsigned k = 0; k < 30; k += 4)
        for (size_t i = HAK_GRANULE; i < IN_PAGE; i += HAK_GRANULE)
            KIT_CHECK(misuse_every_call(block[k] + i, HAK_FAULT_INTERIOR, HAK_FAULT_INTERIOR));
}

/* A block of one with gaps between the classes: the page's last bytes are none's. */
static void test_page_tail(void)
{
    enum { SIZE = 112, BLOCKS = 400 };
    static char *block[BLOCKS];
    for (unsigned i = 0; i < BLOCKS; i++)
        KIT_CHECK((block[i] = hak_malloc(SIZE)) != NULL);
    for (unsigned i = 0; i < BLOCKS; i += 3)
        for (size_t at = HAK_GRANULE; at < SIZE; at += HAK_GRANULE)
            KIT_CHECK(misuse_free(block[i] + at, HAK_FAULT_INTERIOR, HAK_FAULT_INTERIOR));
    KIT_CHECK(misuse_silent());
}

static void test_run(void)
{
    char *block = hak_malloc(IN_RUN);
    for (size_t i = HAK_GRANULE; i < IN_RUN; i += HAK_GRANULE + i % 512 / 16 * 16)
        KIT_CHECK(misuse_every_call(block + i, HAK_FAULT_INTERIOR, HAK_FAULT_INTERIOR));
    KIT_CHECK(hak_usable_size(block) >= IN_RUN);
    hak_free(block);
}

/* Too deep inside to tell in bounded time. */
static void test_deep(void)
{
    char *block = hak_malloc(MISUSE_HEAP / 2);
    KIT_CHECK(block != NULL);
    for (size_t i = HAK_GRANULE; i < MISUSE_HEAP / 2; i += 7 * HAK_GRANULE + i % 512 / 16 * 16)
        KIT_CHECK(misuse_free(block + i, HAK_FAULT_INTERIOR, HAK_FAULT_NOT_A_BLOCK));
    hak_free(block);
}

/* The bit that notes an alignment is no start of a block. */
static void test_aligned(void)
{
    for (size_t alignment = 32; alignment <= 65536; alignment *= 2) {
        char *block = hak_aligned_alloc(alignment, 500);
        KIT_CHECK(block != NULL);
        for (size_t i = HAK_GRANULE; i < 500; i += HAK_GRANULE)
            KIT_CHECK(misuse_every_call(block + i, HAK_FAULT_INTERIOR, HAK_FAULT_INTERIOR));
        hak_free(block);
    }
    KIT_CHECK(misuse_silent());
}

MISUSE_CASES({"free_interior_page", test_page}, {"free_interior_page_tail", test_page_tail},
             {"free_interior_run", test_run}, {"free_interior_deep", test_deep},
             {"free_interior_aligned", test_aligned});
