/* SPDX-License-Identifier: MIT */
/* free(a), then malloc(same): it succeeds, for every class and every bin. */
#include "unit.h"

enum { BLOCKS = 1 << 16 };
static void *block[BLOCKS];

/* First, what is still kept of other sizes goes back. */
static size_t fill(size_t size)
{
    size_t count = 0;
    if (hak_malloc((size_t)UNIT_RAM_MOST * 2) != NULL)
        return 0;
    while (count < BLOCKS && (block[count] = hak_malloc(size)) != NULL)
        count++;
    return count;
}

/* The heap is full of blocks of this size. */
static bool again(size_t size, uint64_t *random)
{
    size_t count = fill(size);
    HOLDS(count != 0 && count < BLOCKS);
    for (unsigned turn = 0; turn < 8; turn++) {
        size_t i = turn == 0   ? 0
                   : turn == 1 ? count - 1
                               : (size_t)(kit_random(random) >> 20) % count;
        hak_free(block[i]);
        HOLDS((block[i] = hak_malloc(size)) != NULL);
    }
    /* Holes, which the same blocks fill; and two neighbours, one after the other. */
    for (size_t i = 0; i < count; i += 2)
        hak_free(block[i]);
    for (size_t i = 0; i < count; i += 2)
        HOLDS((block[i] = hak_malloc(size)) != NULL);
    HOLDS(hak_malloc(size) == NULL);
    for (size_t i = 0; i + 1 < count && i < 40; i += 2) {
        hak_free(block[i]);
        hak_free(block[i + 1]);
        HOLDS((block[i] = hak_malloc(size)) != NULL && (block[i + 1] = hak_malloc(size)) != NULL);
    }
    for (size_t i = 0; i < count; i++)
        hak_free(block[i]);
    HOLDS(unit_faults == 0);
    return true;
}

static bool heap_of(size_t bytes)
{
    uint64_t random = bytes;
    HOLDS(unit_heap(bytes, 0));
    hak_stats stats;
    hak_stats_get(&stats);
    for (size_t size = 1; size <= pools.limit_bytes; size++)
        if (size % GRANULE_BYTES <= 1 || size == pools.limit_bytes)
            HOLDS(size > 512 && size % (size / 64) > 1 ? true : again(size, &random));
    for (size_t granules = 1; granules * GRANULE_BYTES <= stats.largest_free_bytes; granules++) {
        size_t step = granules < 32 ? 1 : (size_t)1 << (top_bit(granules) - 4);
        if (granules % step > 1 && granules % step != step - 1)
            continue; /* the first two and the last of each bin */
        HOLDS(again(granules * GRANULE_BYTES, &random));
    }
    HOLDS(again(stats.largest_free_bytes, &random));
    HOLDS(hak_check() == NULL && unit_guards_hold());
    return true;
}

static void test_tiny(void) { KIT_CHECK(heap_of(3000)); }
static void test_no_pools(void) { KIT_CHECK(heap_of(12000)); }
static void test_few_pools(void) { KIT_CHECK(heap_of(30000)); }
static void test_pools(void) { KIT_CHECK(heap_of(600000)); }

static const kit_case same_tests_cases[] = {
    {"same_tiny", test_tiny},
    {"same_no_pools", test_no_pools},
    {"same_few_pools", test_few_pools},
    {"same_pools", test_pools},
};
UNIT_SUITE(same_tests);
