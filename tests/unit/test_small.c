/* SPDX-License-Identifier: MIT */
/* The smallest heaps: HAK_HEAP_MIN wherever it starts, and every size above. */
#include "unit.h"

/* Bytes of the pages of the smallest class that are in no block. */
static size_t beside_blocks(void)
{
    hak_stats stats;
    hak_stats_get(&stats);
    if (stats.page_bytes == 0)
        return 0;
    size_t page = (size_t)pools.classes[0].units << UNIT_SHIFT;
    return stats.page_bytes / page * (page - pools.classes[0].used_bytes);
}

/* All of it in the smallest blocks, and all of it in one; nothing else is touched. */
static bool heap_works(size_t bytes, size_t shift)
{
    static void *block[1024];
    hak_stats stats;
    unsigned count = 0;
    size_t used = 0;
    HOLDS(unit_heap(bytes, shift));
    hak_stats_get(&stats);
    HOLDS(stats.largest_free_bytes >= HAK_GRANULE && stats.free_bytes == stats.largest_free_bytes);
    for (; count < 1024 && (block[count] = hak_malloc(1)) != NULL; count++) {
        *(volatile unsigned char *)block[count] = 1;
        used += hak_usable_size(block[count]);
        ((volatile unsigned char *)block[count])[HAK_GRANULE - 1] = 1;
    }
    HOLDS(count == 1024 || used + beside_blocks() == stats.free_bytes);
    HOLDS(hak_check() == NULL);
    for (unsigned i = 0; i < count; i++)
        hak_free(block[i ^ (i + 1 < (count & ~1u) || i % 2 != 0 ? 1 : 0)]);
    void *all = hak_malloc(stats.free_bytes);
    HOLDS(all != NULL && hak_usable_size(all) == stats.free_bytes);
    HOLDS(hak_malloc(0) == NULL);
    hak_free(all);
    HOLDS(hak_check() == NULL && unit_faults == 0);
    return unit_guards_hold();
}

static void test_smallest(void)
{
    for (size_t shift = 0; shift < 2 * UNIT_BYTES; shift++)
        KIT_CHECK(heap_works(HAK_HEAP_MIN, shift));
    for (size_t bytes = 1; bytes < HAK_HEAP_MIN; bytes++) {
        unit_forget();
        KIT_CHECK(hak_init(unit_ram(bytes, bytes % 37), bytes) == HAK_ERR_TOO_SMALL);
        KIT_CHECK(unit_guards_hold() && hak_malloc(1) == NULL);
    }
}

static void test_sizes(void)
{
    for (size_t bytes = HAK_HEAP_MIN; bytes < 9000; bytes += unit_step())
        KIT_CHECK(heap_works(bytes, bytes * 7 % (2 * UNIT_BYTES)));
}

/* Around the size from which there are pools. */
static void test_first_pools(void)
{
    size_t from = 0;
    for (size_t bytes = 15000; bytes < 80000; bytes += bytes < 17000 ? unit_step() : 997) {
        KIT_CHECK(heap_works(bytes, bytes % 40));
        if (from == 0 && pools.class_count != 0)
            from = bytes;
    }
    KIT_CHECK(from != 0);
}

static const kit_case small_tests_cases[] = {
    {"small_smallest", test_smallest},
    {"small_sizes", test_sizes},
    {"small_first_pools", test_first_pools},
};
UNIT_SUITE(small_tests);
