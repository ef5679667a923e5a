/* SPDX-License-Identifier: MIT */
/* run.h: taking, giving back, resizing; splitting and merging. Without the
 * lock: nobody else is here. */
#include "unit.h"
#include "page_step.h"

static bool whole(void)
{
    HOLDS(hak_check() == NULL);
    HOLDS(run.taken_granules == 0 && bins_longest(&run.first).extent.length == unit_usable());
    return unit_guards_hold();
}

static hak_place place_of(const void *p)
{
    hak_place place = {NULL, {0, 0}};
    run_block_at(&run.first, p, &place);
    return place;
}

/* Everything in pieces of one length, given back in three orders. */
static bool pieces(granule length, unsigned order)
{
    static void *block[8192];
    unsigned count = 0;
    HOLDS(unit_heap(40000, 0));
    for (; count < 8192 && (block[count] = run_malloc(length)) != NULL; count++)
        HOLDS(place_of(block[count]).extent.length == length);
    HOLDS(unit_usable() - count * length < length + (length >= 16 ? length / 16 : 0));
    HOLDS(run.taken_granules == (size_t)count * length && hak_check() == NULL);
    for (unsigned i = 0; i < count; i++)
        if (order != 2 || i % 2 == 0)
            HOLDS(run_free(&run.first, block[order == 1 ? count - 1 - i : i]) == HAK_FAULT_NONE);
    HOLDS(hak_check() == NULL);
    for (unsigned i = 1; order == 2 && i < count; i += 2)
        HOLDS(run_free(&run.first, block[i]) == HAK_FAULT_NONE);
    return whole();
}

static void test_pieces(void)
{
    for (granule length = 1; length < 1000; length += 1 + length / 5)
        for (unsigned order = 0; order < 3; order++)
            KIT_CHECK(pieces(length, order));
}

static bool aligned(unsigned log2, granule length)
{
    void *small = run_malloc(3), *p = run_malloc_aligned(length, log2);
    HOLDS(small != NULL && p != NULL && (uintptr_t)p % ((uintptr_t)GRANULE_BYTES << log2) == 0);
    hak_place place = place_of(p);
    HOLDS(place.extent.length == (length > log2 ? length : log2 + 1));
    HOLDS(extent_alignment(&run.first, place.extent) == log2);
    HOLDS(hak_check() == NULL);
    HOLDS(run_free(&run.first, p) == HAK_FAULT_NONE);
    HOLDS(run_free(&run.first, small) == HAK_FAULT_NONE);
    return true;
}

static void test_aligned(void)
{
    KIT_CHECK(unit_heap(200000, 0));
    for (unsigned log2 = 1; log2 <= 12; log2++)
        for (granule length = 1; length < 3000; length += 1 + length / 3) {
            KIT_CHECK(aligned(log2, length));
            KIT_CHECK(whole());
        }
}

static void test_pages(void)
{
    KIT_CHECK(unit_heap(1 << 20, 0));
    for (granule length = UNIT_GRANULES; length <= 4 * UNIT_GRANULES; length *= 2) {
        hak_place page[16];
        for (unsigned i = 0; i < 16; i++) {
            page[i] = page_take(length, PAGE_FROM_LONGEST);
            KIT_CHECK(page[i].region == &run.first && page[i].extent.length == length);
            uintptr_t address = (uintptr_t)region_address(&run.first, page[i].extent.start);
            KIT_CHECK(address % ((uintptr_t)length << GRANULE_SHIFT) == 0);
            for (unsigned k = 0; k < i; k++)
                KIT_CHECK(page[k].extent.start + length <= page[i].extent.start ||
                          page[i].extent.start + length <= page[k].extent.start);
        }
        for (unsigned i = 0; i < 16; i++)
            run_give(page[i * 5 % 16].region, page[i * 5 % 16].extent);
        KIT_CHECK(whole());
    }
}

/* A block grows into the free extent behind it, and shrinks, by every amount. */
static void test_resize(void)
{
    KIT_CHECK(unit_heap(9000, 0));
    void *p = run_malloc(5);
    for (granule length = 1; length <= unit_usable(); length += 1 + length / 9) {
        KIT_CHECK(run_resize(place_of(p), length));
        KIT_CHECK(place_of(p).extent.length == length && run.taken_granules == length);
        KIT_CHECK(hak_check() == NULL);
    }
    KIT_CHECK(!run_resize(place_of(p), unit_usable() + 1));
    for (granule length = unit_usable(); length > 0; length -= 1 + length / 11) {
        KIT_CHECK(run_resize(place_of(p), length));
        KIT_CHECK(place_of(p).extent.length == length && hak_check() == NULL);
    }
    hak_extent x = place_of(p).extent;
    void *next = run_malloc(2);
    KIT_CHECK(place_of(next).extent.start == x.start + x.length);
    KIT_CHECK(!run_resize(place_of(p), x.length + 1));
    KIT_CHECK(run_free(&run.first, p) == HAK_FAULT_NONE &&
              run_free(&run.first, next) == HAK_FAULT_NONE);
    KIT_CHECK(whole());
}

/* What stands at each address around and inside blocks and free extents. */
static void test_block_at(void)
{
    hak_place found;
    char *block[3];
    KIT_CHECK(unit_heap(40000, 0));
    for (unsigned i = 0; i < 3; i++)
        block[i] = run_malloc(200);
    KIT_CHECK(run_free(&run.first, block[1]) == HAK_FAULT_NONE);
    for (granule g = 0; g < 600; g++) {
        char *p = block[0] + g * GRANULE_BYTES;
        hak_fault inside = g / 200 == 1 ? HAK_FAULT_DOUBLE_FREE : HAK_FAULT_INTERIOR;
        hak_fault expected = g % 400 == 0 ? HAK_FAULT_NONE : inside;
        KIT_CHECK(run_block_at(&run.first, p, &found) == expected);
        KIT_CHECK(expected == HAK_FAULT_NONE || run_free(&run.first, p) == expected);
        KIT_CHECK(run_free(&run.first, p + 1) == HAK_FAULT_MISALIGNED);
        KIT_CHECK(run_block_at(&run.first, p + GRANULE_BYTES / 2, &found) == HAK_FAULT_MISALIGNED);
    }
    KIT_CHECK(place_of(block[2]).extent.length == 200);
    KIT_CHECK(run_free(&run.first, (void *)run.first.maps.base) == HAK_FAULT_FOREIGN);
    KIT_CHECK(hak_check() == NULL);
}

/* The bounds: nothing is too long for the arithmetic. */
static void test_too_long(void)
{
    KIT_CHECK(unit_heap(40000, 0));
    for (size_t length = unit_usable() + 1; length <= PTRDIFF_MAX; length += 1 + length / 3) {
        KIT_CHECK(run_malloc(length) == NULL);
        for (unsigned log2 = 1; log2 < 32; log2++)
            KIT_CHECK(run_malloc_aligned(length, log2) == NULL);
    }
    for (unsigned log2 = 12; log2 < 32; log2++)
        KIT_CHECK(run_malloc_aligned(1, log2) == NULL || log2 < 13);
    KIT_CHECK(hak_check() == NULL);
}

static const kit_case run_tests_cases[] = {
    {"run_pieces", test_pieces}, {"run_aligned", test_aligned},   {"run_pages", test_pages},
    {"run_resize", test_resize}, {"run_block_at", test_block_at}, {"run_too_long", test_too_long},
};
UNIT_SUITE(run_tests);
