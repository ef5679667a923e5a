/* SPDX-License-Identifier: MIT */
/* pool.h: refill, pop and push, draining, idling, recalling. */
#include "unit.h"

enum { BLOCKS = 4096 };
static void *block[BLOCKS];

static bool heap(void) { return unit_heap(1 << 20, 0) && pools.class_count != 0; }

static unsigned take(size_t size, unsigned most)
{
    unsigned count = 0;
    while (count < most && (block[count] = hak_malloc(size)) != NULL)
        count++;
    return count;
}

static size_t pages(void)
{
    hak_stats stats;
    hak_stats_get(&stats);
    return stats.page_bytes;
}

/* Blocks of a page: in order, apart, aligned, of their class. */
static void test_blocks(void)
{
    KIT_CHECK(heap());
    for (unsigned i = 0; i < pools.class_count; i++) {
        uint32_t stride = pools.classes[i].stride;
        unsigned most = (1 << 19) / stride < 500 ? (1 << 19) / stride : 500;
        unsigned count = take(stride, most);
        KIT_CHECK(count == most);
        for (unsigned k = 0; k < count; k++) {
            KIT_CHECK(hak_usable_size(block[k]) == stride);
            for (unsigned n = 0; n < k; n++)
                KIT_CHECK((uintptr_t)block[n] + stride <= (uintptr_t)block[k] ||
                          (uintptr_t)block[k] + stride <= (uintptr_t)block[n]);
        }
        for (unsigned k = 0; k < count; k++)
            hak_free(block[(k * 7) % count]);
        KIT_CHECK(hak_check() == NULL);
    }
    KIT_CHECK(unit_guards_hold());
}

/* A class gets a page only when it is asked for often. */
static void test_demand(void)
{
    KIT_CHECK(heap());
    void *p = hak_malloc(64);
    KIT_CHECK(p != NULL && pages() == 0);
    hak_free(p);
    KIT_CHECK(take(64, 200) == 200 && pages() != 0);
}

/* The slot's own functions, on the current page. */
static void test_slot(void)
{
    KIT_CHECK(heap());
    KIT_CHECK(take(48, 300) == 300);
    hak_slot *slot = pool_slot(kit_core(), pools.kind_of[(48 - 1) >> GRANULE_SHIFT] - 1u);
    while (word_get(&slot->free) == 0)
        KIT_CHECK(hak_malloc(48) != NULL);
    hak_word before = word_get(&slot->free);
    char *p = pool_pop(slot, before);
    hak_word bit = before ^ word_get(&slot->free);
    KIT_CHECK(hak_port_popcount(bit) == 1 && (before & bit) != 0);
    KIT_CHECK((uintptr_t)p == slot->base + hak_port_ctz(bit) * 48);
    KIT_CHECK(pool_push(slot, p + 1) == 0 && pool_push(slot, p + 16) == 0);
    KIT_CHECK(word_get(&slot->free) == (before ^ bit));
    KIT_CHECK(pool_push(slot, p) == before);
    KIT_CHECK(word_get(&slot->free) == before);
    KIT_CHECK(pool_push(slot, p) == 0); /* free already */
    KIT_CHECK(!pool_drain(slot, pools.kind_of[(48 - 1) >> GRANULE_SHIFT] - 1u));
    KIT_CHECK(hak_check() == NULL);
}

/* An idle core's page can be recalled; the core wakes by its next malloc. */
static void test_idle(void)
{
    KIT_CHECK(heap());
    KIT_CHECK(take(32, 100) == 100);
    size_t before = pages();
    KIT_CHECK(before != 0);
    hak_core_idle();
    for (unsigned i = 0; i < 100; i++)
        hak_free(block[i]);
    KIT_CHECK(hak_check() == NULL);
    KIT_CHECK(hak_malloc(1 << 20) == NULL);
    KIT_CHECK(pages() == 0 && hak_check() == NULL);
    void *p = hak_malloc(32);
    KIT_CHECK(p != NULL && hak_check() == NULL);
    hak_core_idle();
    hak_core_idle();
    hak_free(p);
    KIT_CHECK(hak_check() == NULL && unit_faults == 0);
}

/* Pages that became empty are kept for their class, and come back when a
 * request would fail; that is counted. */
static void test_recall(void)
{
    hak_stats stats;
    KIT_CHECK(heap());
    for (unsigned i = 0; i < pools.class_count; i++) {
        unsigned count = take(pools.classes[i].stride, 200);
        for (unsigned k = 0; k < count; k++)
            hak_free(block[k]);
    }
    hak_stats_get(&stats);
    KIT_CHECK(stats.page_bytes != 0 && stats.retained_pages != 0);
    KIT_CHECK(stats.retained_pages <= HAK_RETAIN && stats.recalls == 0);
    void *all = hak_malloc(stats.heap_bytes - stats.metadata_bytes);
    KIT_CHECK(all != NULL);
    hak_stats_get(&stats);
    KIT_CHECK(stats.page_bytes == 0 && stats.retained_pages == 0);
    KIT_CHECK(stats.recalls == 1 && stats.failures == 0);
    KIT_CHECK(hak_malloc(1) == NULL);
    hak_free(all);
    KIT_CHECK(hak_check() == NULL);
}

/* A heap of more than K classes: K empty pages are kept, less the cache's part,
 * and no more. */
static void test_retained(void)
{
    KIT_CHECK(unit_heap(UNIT_RAM_MOST, 0) && pools.class_count > HAK_RETAIN);
    size_t empty = 0;
    for (unsigned i = 0; i < pools.class_count; i++) {
        hak_slot *slot = pool_slot(kit_core(), i);
        unsigned count = 0;
        while (slot->used_bytes == 0 && count < BLOCKS)
            KIT_CHECK((block[count++] = hak_malloc(pools.classes[i].stride)) != NULL);
        while (count > 0)
            hak_free(block[--count]);
        empty += slot->used_bytes != 0 && word_get(&slot->free) == pools.classes[i].full;
        KIT_CHECK(empty == (i < pool_retain() ? i + 1 : pool_retain()));
        KIT_CHECK(empty == pools.retained_count);
    }
    KIT_CHECK(hak_check() == NULL);
}

static const kit_case pool_tests_cases[] = {
    {"pool_blocks", test_blocks}, {"pool_demand", test_demand}, {"pool_slot", test_slot},
    {"pool_idle", test_idle},     {"pool_recall", test_recall}, {"pool_retained", test_retained},
};
UNIT_SUITE(pool_tests);
