/* SPDX-License-Identifier: MIT */
/* walk.c: every live block once, also if the visitor frees. */
#include "unit.h"

enum { BLOCKS = 900 };
static void *block[BLOCKS];
static unsigned shown[BLOCKS];

typedef struct tour {
    unsigned blocks, in_page, extents, stop_at;
    size_t bytes;
    bool frees, allocates, strange;
} tour;

static int visit(const hak_block *b, void *context)
{
    tour *t = context;
    t->bytes += b->size_bytes;
    if (b->kind == HAK_BLOCK_FREE) {
        t->extents++;
        t->strange |= b->in_page != 0;
        return 0;
    }
    unsigned i = 0;
    while (i < BLOCKS && block[i] != b->address)
        i++;
    if (i == BLOCKS) {
        t->strange |= !t->allocates;
        return 0;
    }
    shown[i]++;
    t->strange |= hak_usable_size(b->address) != b->size_bytes;
    t->in_page += b->in_page != 0;
    if (t->frees) {
        hak_free(b->address);
        block[i] = NULL;
    }
    if (t->allocates)
        hak_free(hak_malloc(i * 13));
    return ++t->blocks == t->stop_at ? 77 : 0;
}

static bool start(void)
{
    HOLDS(unit_heap(1 << 20, 3));
    for (unsigned i = 0; i < BLOCKS; i++) {
        HOLDS((block[i] = hak_malloc(i % 3 == 0 ? i : 48)) != NULL);
        shown[i] = 0;
    }
    for (unsigned i = 0; i < BLOCKS; i += 7) {
        hak_free(block[i]);
        block[i] = NULL;
    }
    return true;
}

static bool all_shown_once(void)
{
    for (unsigned i = 0; i < BLOCKS; i++)
        HOLDS(shown[i] == (i % 7 == 0 ? 0 : 1));
    return true;
}

static void test_once(void)
{
    tour t = {.stop_at = 0};
    hak_stats stats;
    KIT_CHECK(start());
    KIT_CHECK(hak_walk(visit, &t) == 0 && all_shown_once() && !t.strange);
    hak_stats_get(&stats);
    KIT_CHECK(t.blocks == stats.live_blocks && t.bytes == stats.live_bytes + stats.free_bytes);
    KIT_CHECK(t.in_page != 0 && t.in_page < t.blocks && t.extents != 0);
}

static void test_stop(void)
{
    tour t = {.stop_at = 5};
    KIT_CHECK(start());
    KIT_CHECK(hak_walk(visit, &t) == 77 && t.blocks == 5);
}

static void test_visitor_frees(void)
{
    tour t = {.frees = true};
    hak_stats stats;
    KIT_CHECK(start());
    KIT_CHECK(hak_walk(visit, &t) == 0 && all_shown_once() && !t.strange);
    hak_stats_get(&stats);
    KIT_CHECK(stats.live_blocks == 0 && stats.live_bytes == 0 && hak_check() == NULL);
    KIT_CHECK(unit_faults == 0);
}

static void test_visitor_allocates(void)
{
    tour t = {.allocates = true};
    KIT_CHECK(start());
    KIT_CHECK(hak_walk(visit, &t) == 0 && all_shown_once() && !t.strange);
    KIT_CHECK(hak_check() == NULL);
}

static void test_empty(void)
{
    tour t = {.stop_at = 0};
    unit_forget();
    KIT_CHECK(hak_walk(visit, &t) == 0 && t.bytes == 0);
    KIT_CHECK(unit_heap(HAK_HEAP_MIN, 0));
    KIT_CHECK(hak_walk(visit, &t) == 0 && t.extents == 1 && t.blocks == 0);
}

static const kit_case walk_tests_cases[] = {
    {"walk_once", test_once},
    {"walk_stops", test_stop},
    {"walk_visitor_frees", test_visitor_frees},
    {"walk_visitor_allocates", test_visitor_allocates},
    {"walk_empty", test_empty},
};
UNIT_SUITE(walk_tests);
