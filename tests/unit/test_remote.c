/* SPDX-License-Identifier: MIT */
/* remote.c: frees into pages that are not the core's own. */
#include "unit.h"

enum { BLOCKS = 600, SIZE = 80 };
static char *block[BLOCKS];
static unsigned count;

static unsigned index_of(size_t size) { return pools.kind_of[(size - 1) >> GRANULE_SHIFT] - 1u; }

static bool start(void)
{
    HOLDS(unit_heap(1 << 20, 0));
    for (count = 0; count < BLOCKS; count++)
        HOLDS((block[count] = hak_malloc(SIZE)) != NULL);
    return true;
}

static hak_spot spot_of(const void *p)
{
    hak_spot spot = {PAGE_NONE, 0, 0};
    unsigned kind = region_kind(&run.first, unit_of(region_granule(&run.first, p)));
    if (kind != 0)
        pool_find(&run.first, kind - 1, p, &spot);
    return spot;
}

/* Blocks are found by their start alone. */
static void test_find(void)
{
    hak_spot spot;
    KIT_CHECK(start());
    for (unsigned i = 0; i < count; i++) {
        hak_page page = spot_of(block[i]).page;
        if (page.id == 0)
            continue; /* from before the class had a page */
        KIT_CHECK(pool_find(&run.first, index_of(SIZE), block[i], &spot) == HAK_FAULT_NONE);
        KIT_CHECK(page_address(page) + hak_port_ctz(spot.bit) * SIZE == (uintptr_t)block[i]);
        KIT_CHECK(pool_stands(spot) && !pool_is_free(spot));
        KIT_CHECK(pool_find(&run.first, index_of(SIZE), block[i] + 16, &spot) ==
                  HAK_FAULT_INTERIOR);
        KIT_CHECK(pool_find(&run.first, index_of(SIZE), block[i] + 3, &spot) ==
                  HAK_FAULT_MISALIGNED);
    }
}

/* What is left behind the last block of a page is no block. */
static void test_tail(void)
{
    hak_spot spot;
    KIT_CHECK(start());
    const hak_class *c = &pools.classes[index_of(SIZE)];
    KIT_CHECK(c->used_bytes < (size_t)c->units << UNIT_SHIFT);
    for (unsigned i = 0; i < count; i += 9) {
        hak_page page = spot_of(block[i]).page;
        char *tail = (char *)page_address(page) + c->used_bytes;
        if (page.id == 0)
            continue;
        KIT_CHECK(pool_find(&run.first, index_of(SIZE), tail, &spot) == HAK_FAULT_NOT_A_BLOCK);
        unit_faults = 0;
        hak_free(tail);
        KIT_CHECK(unit_faults == 1 && unit_last_fault == HAK_FAULT_NOT_A_BLOCK);
        KIT_CHECK(hak_usable_size(tail) == 0 && hak_realloc(tail, 10) == NULL &&
                  hak_check() == NULL);
    }
}

/* A page that belongs to nobody: its first free block lists it, its last one
 * gives it back. */
static void test_settle(void)
{
    KIT_CHECK(start());
    const hak_class *c = &pools.classes[index_of(SIZE)];
    unsigned first = 0;
    while (spot_of(block[first]).page.id == 0)
        first++;
    hak_spot spot = spot_of(block[first]);
    unsigned blocks = hak_port_popcount(c->full);
    KIT_CHECK(page_state(spot.page) == PAGE_FULL);
    size_t deaths = pools.deaths;
    for (unsigned i = 0; i < blocks; i++) {
        KIT_CHECK(spot_of(block[first + i]).page.id == spot.page.id);
        hak_free(block[first + i]);
        KIT_CHECK(i + 1 == blocks || page_is_listed(page_state(spot.page)));
        KIT_CHECK(hak_check() == NULL);
    }
    KIT_CHECK(!pool_stands(spot) && pools.deaths == deaths + 1);
    KIT_CHECK(pool_listed(index_of(SIZE) + 1).maps == NULL);
}

static pool_pushed push(hak_spot spot)
{
    return pool_push_shared(page_freed(spot.page), page_record_of(spot.page), spot.bit);
}

/* Freed from outside in the owner's current page: the owner's malloc takes it
 * back; until then a second free is noticed on either side. */
static void test_drain(void)
{
    KIT_CHECK(start());
    hak_slot *slot = pool_slot(kit_core(), index_of(SIZE));
    while (word_get(&slot->free) != 0)
        KIT_CHECK(hak_malloc(SIZE) != NULL);
    void *p = (void *)slot->base;
    hak_spot spot = spot_of(p);
    KIT_CHECK(slot->page.id == spot.page.id);
    KIT_CHECK(push(spot) == PUSH_DONE);
    KIT_CHECK(pool_is_free(spot) && push(spot) == PUSH_REFUSED);
    KIT_CHECK(pool_push(slot, p) == 0);
    hak_free(p);
    KIT_CHECK(unit_faults == 1 && unit_last_fault == HAK_FAULT_DOUBLE_FREE);
    KIT_CHECK(pool_drain(slot, spot.index) && word_get(&slot->free) == spot.bit);
    KIT_CHECK(word_get(slot->freed) == ~pools.classes[spot.index].full && pool_is_free(spot));
    KIT_CHECK(push(spot) == PUSH_REFUSED);
    KIT_CHECK(hak_malloc(SIZE) == p && !pool_is_free(spot));
    KIT_CHECK(hak_check() == NULL);
}

static const kit_case remote_tests_cases[] = {
    {"remote_find", test_find},
    {"remote_tail", test_tail},
    {"remote_settle", test_settle},
    {"remote_drain", test_drain},
};
UNIT_SUITE(remote_tests);
