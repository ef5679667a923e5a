/* SPDX-License-Identifier: MIT */
/* A block is written to after it was freed. */
#include "misuse.h"

const bool misuse_without_heap = false;

enum { BLOCKS = 40, WRITES = 6 };

static void scribble(char *block, size_t bytes, unsigned what, const char *other)
{
    for (size_t i = 0; i < bytes; i++)
        block[i] = what == 0   ? 0
                   : what == 1 ? (char)0xff
                   : what == 2 ? (char)(i * 7 + 3)
                   : what == 3 ? (i % 4 == 0 ? (char)(90 + i) : 0)
                   : what == 4 ? other[i]      /* a copy of what another free block holds */
                               : block[i ^ 4]; /* both links swapped, the first one twice */
}

static bool one(size_t size, unsigned what, size_t bytes, unsigned step)
{
    static char *block[BLOCKS];
    for (unsigned i = 0; i < BLOCKS; i++)
        block[i] = hak_malloc(size);
    for (unsigned i = 0; i < BLOCKS; i += step)
        hak_free(block[i]);
    for (unsigned i = 0; i < BLOCKS; i += step)
        if (block[i] != NULL && block[(i + step) % BLOCKS] != NULL)
            scribble(block[i], bytes, what, block[(i + step) % BLOCKS / step * step]);
    HOLDS(misuse_heap_serves(size + bytes + what));
    for (unsigned i = 0; i < BLOCKS; i++)
        if (i % step != 0)
            hak_free(block[i]);
    HOLDS(misuse_heap_serves(size * 5 + what));
    return misuse_only_corrupt();
}

static void write_size(size_t size)
{
    for (unsigned what = 0; what < WRITES; what++)
        for (unsigned step = 1; step <= 3; step++) {
            KIT_CHECK(one(size, what, 4, step));
            KIT_CHECK(one(size, what, 8, step));
            KIT_CHECK(one(size, what, size, step));
        }
}

static void test_page(void) { write_size(IN_PAGE); }
static void test_run(void) { write_size(4000); }
static void test_mixed(void)
{
    for (size_t size = 16; size < 20000; size = size * 5 / 2)
        KIT_CHECK(one(size, (unsigned)size % WRITES, size, 2));
}

MISUSE_CASES({"write_after_free_page", test_page}, {"write_after_free_run", test_run},
             {"write_after_free_mixed", test_mixed});
