/* SPDX-License-Identifier: MIT */
/* extent.h: lengths and neighbours, read off the maps. */
#include "unit.h"

static bool tiling_reads_back(const hak_region *r, const unit_tiling *t)
{
    for (unsigned i = 0; i < t->count; i++) {
        hak_extent x = t->extent[i];
        HOLDS(extent_begins(r, x.start));
        HOLDS(extent_is_free(r, x.start) == !t->live[i]);
        HOLDS(extent_is_live(r, x.start) == t->live[i]);
        HOLDS(extent_length(r, x.start) == x.length);
        if (i > 0)
            HOLDS(extent_before(r, x.start) == t->extent[i - 1].start);
        if (x.length > 1) {
            HOLDS(!extent_begins(r, x.start + 1));
            HOLDS(!extent_begins(r, x.start + x.length - 1));
        }
    }
    return true;
}

static bool all_clear(const hak_region *r)
{
    for (uint32_t u = 0; u <= unit_of(r->end); u++) {
        hak_word ends = 0;
        if (u == unit_of(r->first - 1))
            ends |= ONE << bit_of(r->first - 1);
        if (u == unit_of(r->end))
            ends |= ONE << bit_of(r->end);
        HOLDS(begin_bits(r, u) == ends && (ends == 0 || live_bits(r, u) == ends));
    }
    return true;
}

/* Lay random extents over the map, in random order; read them; take them off. */
static bool one_tiling(size_t bytes, granule longest, uint64_t *random)
{
    hak_region r;
    HOLDS(unit_region(&r, bytes, 0, UNIT_BYTES));
    unit_erase(&r, (hak_extent){r.first, r.end - r.first});
    HOLDS(all_clear(&r));
    unit_tiling *t = unit_tile(&r, random, longest);
    for (unsigned i = 0; i < t->count; i++)
        if ((i & 1) == 0)
            unit_mark(&r, t->extent[i], t->live[i]);
    for (unsigned i = t->count; i-- > 0;)
        if ((i & 1) != 0)
            unit_mark(&r, t->extent[i], t->live[i]);
    HOLDS(tiling_reads_back(&r, t));
    for (unsigned i = 0; i < t->count; i++) {
        unit_erase(&r, t->extent[i]);
        HOLDS(i + 1 == t->count ||
              extent_length(&r, t->extent[i + 1].start) == t->extent[i + 1].length);
    }
    return all_clear(&r);
}

static void test_tilings(void)
{
    uint64_t random = 7;
    for (unsigned turn = 0; turn < 60; turn++)
        KIT_CHECK(one_tiling(2000 + turn * 1777, (granule)1 << turn % 13, &random));
}

/* Each length at each place of a unit, with a neighbour on both sides. */
static void test_each_place(void)
{
    hak_region r;
    KIT_CHECK(unit_region(&r, 16 * UNIT_BYTES, 0, UNIT_BYTES));
    unit_erase(&r, (hak_extent){r.first, r.end - r.first});
    granule unit = (unit_of(r.first) + 2) << UNIT_GRANULES_SHIFT;
    for (granule place = 0; place < UNIT_GRANULES; place++)
        for (granule length = 1; length < 4 * UNIT_GRANULES; length++) {
            hak_extent x = {unit + place, length}, next = {x.start + length, 3};
            hak_extent previous = {x.start - 5, 5};
            unit_mark(&r, previous, true);
            unit_mark(&r, x, length % 2 == 0);
            unit_mark(&r, next, true);
            KIT_CHECK(extent_length(&r, x.start) == length);
            KIT_CHECK(extent_before(&r, next.start) == x.start);
            KIT_CHECK(extent_before(&r, x.start) == previous.start);
            unit_erase(&r, previous);
            unit_erase(&r, x);
            unit_erase(&r, next);
        }
    KIT_CHECK(all_clear(&r));
}

/* The alignment that is noted behind a block's first granule, up to the end of
 * its unit, whatever lies in the next one. */
static void test_alignment(void)
{
    hak_region r;
    KIT_CHECK(unit_region(&r, 64 * UNIT_BYTES, 0, UNIT_BYTES));
    for (unsigned log2 = 0; log2 < 11; log2++)
        for (granule length = log2 + 1; length < 3 * UNIT_GRANULES; length += 5) {
            granule step = (granule)1 << log2;
            hak_extent x = {(r.first + 2 * step) & ~(step - 1), length};
            if (bit_of(x.start) + log2 >= UNIT_GRANULES)
                continue;
            unit_erase(&r, (hak_extent){r.first, r.end - r.first});
            unit_mark(&r, x, true);
            unit_mark(&r, (hak_extent){x.start + length, 1}, true);
            if (log2 != 0)
                extent_set_live(&r, x.start + log2);
            KIT_CHECK(extent_alignment(&r, x) == log2);
            KIT_CHECK(extent_length(&r, x.start) == length);
            unit_erase(&r, x);
            unit_erase(&r, (hak_extent){x.start + length, 1});
            KIT_CHECK(all_clear(&r));
        }
}

static const kit_case extent_tests_cases[] = {
    {"extent_tilings", test_tilings},
    {"extent_each_place", test_each_place},
    {"extent_alignment", test_alignment},
};
UNIT_SUITE(extent_tests);
