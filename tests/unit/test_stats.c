/* SPDX-License-Identifier: MIT */
/* stats.c: each figure after a known history. */
#include "unit.h"

static hak_stats stats;

static const hak_stats *now(void)
{
    hak_stats_get(&stats);
    return &stats;
}

static void test_before_init(void)
{
    unit_forget();
    size_t faults = now()->faults;
    KIT_CHECK(stats.heap_bytes == 0 && stats.live_blocks == 0 && stats.free_bytes == 0);
    KIT_CHECK(hak_malloc(10) == NULL && hak_calloc(1, 10) == NULL && hak_realloc(NULL, 10) == NULL);
    KIT_CHECK(hak_check() == NULL && hak_usable_size(NULL) == 0);
    hak_free(NULL);
    KIT_CHECK(now()->faults == faults);
}

static void test_run_blocks(void)
{
    KIT_CHECK(unit_heap(100000, 5));
    size_t free_bytes = now()->free_bytes;
    KIT_CHECK(stats.heap_bytes <= 100000 && stats.heap_bytes > 100000 - 32);
    KIT_CHECK(stats.metadata_bytes == stats.heap_bytes - free_bytes);
    KIT_CHECK(stats.metadata_bytes < 100000 / 16 + 100000 / (WORD_BITS == 64 ? 60 : 20) +
                                         100000 / UNIT_BYTES * MARKS_PER_UNIT + 2048);
    KIT_CHECK(stats.largest_free_bytes == free_bytes && stats.peak_bytes == 0);
    void *a = hak_malloc(20000), *b = hak_malloc(30001);
    KIT_CHECK(a != NULL && b != NULL);
    size_t b_bytes = hak_usable_size(b), both = hak_usable_size(a) + b_bytes;
    KIT_CHECK(now()->live_blocks == 2 && stats.live_bytes == both && stats.taken_bytes == both);
    KIT_CHECK(stats.free_bytes == free_bytes - both && stats.malloc_run == 2 &&
              stats.free_run == 0);
    hak_free(a);
    KIT_CHECK(now()->live_blocks == 1 && stats.live_bytes == b_bytes && stats.peak_bytes == both);
    KIT_CHECK(stats.free_run == 1 && stats.failures == 0);
    KIT_CHECK(hak_malloc(100000) == NULL && now()->failures == 1);
    KIT_CHECK(hak_realloc(b, 200000) == NULL && now()->failures == 2);
    hak_free(b);
    KIT_CHECK(now()->live_bytes == 0 && stats.free_bytes == free_bytes && stats.peak_bytes >= both);
}

static void test_pool_blocks(void)
{
    void *block[300];
    KIT_CHECK(unit_heap(1 << 20, 0));
    for (unsigned i = 0; i < 300; i++)
        block[i] = hak_malloc(40);
    KIT_CHECK(now()->live_blocks == 300 && stats.live_bytes == 300 * align_up(40, GRANULE_BYTES));
    KIT_CHECK(stats.malloc_pool + stats.malloc_run == 300 && stats.malloc_pool > 100);
    KIT_CHECK(stats.refill_birth != 0 && stats.page_bytes != 0 &&
              stats.page_bytes <= stats.taken_bytes);
    for (unsigned i = 0; i < 300; i++)
        hak_free(block[i]);
    KIT_CHECK(now()->live_blocks == 0 && stats.live_bytes == 0);
    KIT_CHECK(stats.free_local + stats.free_remote + stats.free_run == 300);
    KIT_CHECK(stats.free_local != 0 && stats.pages_retired != 0);
    KIT_CHECK(stats.malloc_pool == stats.free_local + stats.free_remote);
}

/* Fill pages, free one block in each: of those that are nobody's any more, each is
 * listed once. */
static void test_list(void)
{
    enum { BLOCKS = 1500 };
    static void *block[BLOCKS];
    KIT_CHECK(unit_heap(1 << 20, 0));
    for (unsigned i = 0; i < BLOCKS; i++)
        block[i] = hak_malloc(112);
    const hak_class *c = &pools.classes[pools.kind_of[(112 - 1) / GRANULE_BYTES] - 1];
    size_t pages = now()->page_bytes / ((size_t)c->units << UNIT_SHIFT);
    KIT_CHECK(pages > 4 && stats.free_list == 0);
    for (unsigned i = 0; i < BLOCKS; i += 2)
        hak_free(block[i]);
    KIT_CHECK(now()->free_list == 0);
    for (unsigned i = 1; i < BLOCKS; i += 2)
        hak_free(block[i]);
    bool owned = now()->free_local != 0;
    KIT_CHECK(stats.free_list == pages - owned && stats.free_list <= stats.free_remote);
}

static void test_early(void)
{
    KIT_CHECK(unit_heap(1 << 20, 0));
    size_t before = now()->early_returns, faults = stats.faults;
    void *p = hak_malloc(5000), *q = hak_malloc(100), *fence = hak_malloc(5000);
    hak_free(NULL);
    KIT_CHECK(now()->early_returns == before + 1);
    KIT_CHECK(hak_realloc(p, 4000) == p && hak_realloc(q, 101) == q);
    KIT_CHECK(now()->early_returns == before + 3 && stats.faults == faults);
    q = hak_realloc(q, 3000);
    hak_free(p);
    hak_free(q);
    hak_free(fence);
    KIT_CHECK(now()->early_returns == before + 3);
}

static void test_texts(void)
{
    for (int i = HAK_OK; i <= HAK_ERR_REGIONS + 1; i++) {
        const char *text = hak_status_text((hak_status)i);
        KIT_CHECK(text != NULL && text[0] != 0);
        for (int k = HAK_OK; k < i; k++)
            KIT_CHECK(text != hak_status_text((hak_status)k));
    }
    for (int i = HAK_FAULT_NONE; i <= HAK_FAULT_STOPPED + 1; i++)
        KIT_CHECK(hak_fault_text((hak_fault)i) != NULL && hak_fault_text((hak_fault)i)[0] != 0);
}

static const kit_case stats_tests_cases[] = {
    {"stats_before_init", test_before_init},
    {"stats_run", test_run_blocks},
    {"stats_pool", test_pool_blocks},
    {"stats_list", test_list},
    {"stats_early", test_early},
    {"stats_texts", test_texts},
};
UNIT_SUITE(stats_tests);
