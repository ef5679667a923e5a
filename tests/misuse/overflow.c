/* SPDX-License-Identifier: MIT */
/* A block is written past its end, by 1 to 32 bytes, over whatever lies there. */
#include "misuse.h"

const bool misuse_without_heap = false;

enum { BLOCKS = 24, WRITES = 5 };

/* What is written: zeros, ones, text, small numbers, large ones. */
static char written(unsigned what, unsigned i)
{
    static const char of[WRITES] = {0, (char)0xff, 'A', 0, 0};
    if (what == 3)
        return i % 4 == 0 ? (char)(i + 70) : 0;
    return what == 4 ? (char)(i * 37 + 11) : of[what];
}

static void overflow(char *block, unsigned bytes, unsigned what)
{
    char *end = block + hak_usable_size(block);
    for (unsigned i = 0; i < bytes && end + i < misuse_heap + MISUSE_HEAP; i++)
        end[i] = written(what, i);
}

/* Blocks of one size, every second one freed, so that what lies behind a block
 * is free memory or another block; then overflow all that are left. */
static bool one(size_t size, unsigned bytes, unsigned what, bool free_neighbours)
{
    char *block[BLOCKS];
    for (unsigned i = 0; i < BLOCKS; i++)
        block[i] = hak_malloc(size);
    for (unsigned i = 1; i < BLOCKS && free_neighbours; i += 2) {
        hak_free(block[i]);
        block[i] = NULL;
    }
    for (unsigned i = 0; i < BLOCKS; i += 2)
        if (block[i] != NULL)
            overflow(block[i], bytes, what);
    HOLDS(misuse_heap_serves(size + bytes));
    for (unsigned i = 0; i < BLOCKS; i++)
        hak_free(block[i]);
    HOLDS(misuse_heap_serves(size * 3 + bytes));
    return misuse_only_corrupt();
}

static void overflow_size(size_t size)
{
    for (unsigned bytes = 1; bytes <= 32; bytes += bytes < 17 ? 5 : 15)
        for (unsigned what = 0; what < WRITES; what++)
            for (unsigned neighbours = 0; neighbours < 2; neighbours++)
                KIT_CHECK(one(size, bytes, what, neighbours != 0));
}

static void test_page(void) { overflow_size(IN_PAGE); }
static void test_large_page(void) { overflow_size(480); }
static void test_run(void) { overflow_size(5000); }

/* The last block before free memory, a byte more each time. */
static void test_each_length(void)
{
    for (unsigned bytes = 1; bytes <= 32; bytes++) {
        char *block = hak_malloc(3000);
        KIT_CHECK(block != NULL);
        overflow(block, bytes, bytes % WRITES);
        KIT_CHECK(misuse_heap_serves(bytes));
        hak_free(block);
        KIT_CHECK(misuse_only_corrupt());
    }
}

MISUSE_CASES({"overflow_page", test_page}, {"overflow_large_page", test_large_page},
             {"overflow_run", test_run}, {"overflow_each_length", test_each_length});
