/* SPDX-License-Identifier: MIT */
/* bins.h: the bins of free extents. */
#include "unit.h"

static hak_region r;

static bool remove_first(hak_extent x)
{
    return bins_remove_first(&r, (hak_first){x, bin_of(x.length)});
}

static void test_bin_of(void)
{
    unsigned bin = bin_of(1);
    KIT_CHECK(bin == 1);
    for (granule length = 2; length < 1u << 20; length++) {
        unsigned next = bin_of(length);
        KIT_CHECK(next == bin || next == bin + 1);
        KIT_CHECK(length > 16 || next == length);
        bin = next;
    }
    /* A bin's longest is less than 1/16 longer than its shortest. */
    for (unsigned log2 = 5; log2 < 32; log2++)
        for (granule column = 0; column < 16; column++) {
            granule low = (16 + column) << (log2 - 4), step = (granule)1 << (log2 - 4);
            KIT_CHECK(bin_of(low) == bin_of(low + step - 1));
            KIT_CHECK(bin_of(low - 1) + 1 == bin_of(low));
        }
    KIT_CHECK(bin_of(UINT32_MAX) / BIN_COLUMNS < bins_rows(UINT32_MAX));
    KIT_CHECK(bins_rows(UINT32_MAX) <= 32);
}

/* Random free extents with blocks between them, all on the map and in bins. */
static bool lay(unit_tiling *t)
{
    bins_remove_first(&r, bins_longest(&r));
    unit_erase(&r, (hak_extent){r.first, r.end - r.first});
    for (unsigned i = 0; i < t->count; i++) {
        unit_mark(&r, t->extent[i], t->live[i]);
        if (!t->live[i])
            bins_insert(&r, t->extent[i]);
    }
    for (unsigned i = 0; i < t->count; i++)
        HOLDS(t->live[i] || bins_links_hold(&r, t->extent[i]));
    return true;
}

static granule ceiling(granule length)
{
    granule step = length < 16 ? 1 : (granule)1 << (top_bit(length) - 4);
    return (length + step - 1) & ~(step - 1);
}

/* For every length: what is found is long enough, and nothing is found only if
 * no extent reaches the bin's ceiling. */
static bool finds(const unit_tiling *t)
{
    granule longest = 0;
    for (unsigned i = 0; i < t->count; i++)
        if (!t->live[i] && t->extent[i].length > longest)
            longest = t->extent[i].length;
    for (granule length = 1; length <= longest + 2; length++) {
        hak_extent x = bins_find(&r, length).extent;
        if (x.length == 0) {
            HOLDS(longest < ceiling(length));
            continue;
        }
        HOLDS(x.length >= length && extent_begins(&r, x.start) && extent_is_free(&r, x.start));
        HOLDS(extent_length(&r, x.start) == x.length);
    }
    HOLDS(bin_of(longest) == bin_of(bins_longest(&r).extent.length) || longest == 0);
    return true;
}

static bool take_out(unit_tiling *t, unsigned i)
{
    HOLDS(bins_remove(&r, t->extent[i]));
    t->live[i] = true;
    unit_mark(&r, t->extent[i], true);
    return true;
}

static bool one_set(uint64_t *random, granule longest)
{
    HOLDS(unit_region(&r, 60000, 0, UNIT_BYTES));
    unit_tiling *t = unit_tile(&r, random, longest);
    HOLDS(lay(t) && finds(t));
    for (unsigned k = 0; k < t->count / 4; k++) {
        unsigned i = (unsigned)(kit_random(random) >> 33) % t->count;
        HOLDS(t->live[i] || take_out(t, i));
    }
    HOLDS(finds(t));
    for (unsigned i = 0; i < t->count; i++)
        HOLDS(t->live[i] || bins_links_hold(&r, t->extent[i]));
    /* Then from the front of each list. */
    for (hak_first x = bins_longest(&r); x.extent.length != 0; x = bins_longest(&r)) {
        HOLDS(bins_remove_first(&r, x));
        unit_mark(&r, x.extent, true);
    }
    HOLDS(r.bins.top == 0);
    for (unsigned row = 0; row < bins_rows(r.end - r.first); row++)
        HOLDS(r.bins.rows[row] == 0);
    return true;
}

static void test_sets(void)
{
    uint64_t random = 3;
    for (unsigned turn = 0; turn < 24; turn++)
        KIT_CHECK(one_set(&random, (granule)2 << turn % 12));
}

static hak_extent x[3];

/* Three extents of one bin in a list, the last one at its head. */
static bool lay_three(void)
{
    HOLDS(unit_region(&r, 60000, 0, UNIT_BYTES));
    hak_extent all = {r.first, r.end - r.first};
    remove_first(all);
    unit_erase(&r, all);
    for (unsigned i = 0; i < 3; i++) {
        x[i] = (hak_extent){r.first + i * 20, 10};
        unit_mark(&r, x[i], false);
        unit_mark(&r, (hak_extent){r.first + i * 20 + 10, 10}, true);
        bins_insert(&r, x[i]);
    }
    return true;
}

/* Whatever is written into the middle one, nothing that the map does not
 * confirm is followed. */
static bool corrupt(uint32_t next, uint32_t previous)
{
    HOLDS(lay_three());
    uint32_t *link = region_address(&r, x[1].start);
    link[0] = next;
    link[1] = previous;
    HOLDS(!bins_links_hold(&r, x[1]));
    HOLDS(!bins_remove(&r, x[1]));
    HOLDS(link[0] == next && link[1] == previous && r.bins.heads[10] == x[2].start);
    HOLDS(!bins_remove(&r, x[0])); /* nor the one whose neighbour it is */
    remove_first(x[2]);
    granule head = r.bins.heads[10];
    HOLDS(head == 0 || head == x[1].start);
    return true;
}

/* The same for the head, which is taken without a look at its own links: what
 * it leads to must lead back. */
static bool corrupt_head(uint32_t distance, bool whole)
{
    HOLDS(lay_three());
    uint32_t *link = region_address(&r, x[2].start);
    link[0] = x[2].start - distance;
    HOLDS(remove_first(x[2]) == whole);
    HOLDS(r.bins.heads[10] == (whole && distance != 0 ? x[1].start : 0));
    return true;
}

/* A link into the control data, which by chance has the right link back. */
static bool corrupt_below(void)
{
    HOLDS(lay_three());
    uint32_t *below = region_address(&r, r.first - 1), kept = below[1];
    uint32_t *link = region_address(&r, x[1].start);
    below[1] = x[1].start;
    link[0] = r.first - 1;
    HOLDS(!bins_remove(&r, x[1]));
    HOLDS(below[1] == x[1].start);
    below[1] = kept;
    return true;
}

/* A head's link leads to y, which leads back: y becomes the head of a bin that it
 * does not belong to. It is not handed out from there. */
static bool forged_head(granule y)
{
    uint32_t *link = region_address(&r, x[2].start), *forged = region_address(&r, y);
    link[0] = y;
    forged[0] = y;
    forged[1] = x[2].start;
    HOLDS(remove_first(x[2]) && r.bins.heads[10] == y);
    HOLDS(bins_find(&r, 9).extent.length == 0 && bins_find(&r, 9).extent.length == 0);
    HOLDS(r.bins.heads[10] == 0 && r.bins.top == 0);
    return true;
}

static void test_forged(void)
{
    KIT_CHECK(corrupt_below());
    KIT_CHECK(lay_three() && forged_head(x[2].start + 10)); /* a live block */
    KIT_CHECK(lay_three());
    unit_mark(&r, (hak_extent){r.first + 60, 4}, false); /* one that is too short */
    unit_mark(&r, (hak_extent){r.first + 64, 4}, true);
    KIT_CHECK(forged_head(r.first + 60));
}

static void test_overwritten(void)
{
    KIT_CHECK(corrupt_head(20, true) && corrupt_head(0, true));
    KIT_CHECK(corrupt_head(40, false) && corrupt_head(10, false) && corrupt_head(1, false));

    static const uint32_t junk[] = {0, 1, 0x41414141, UINT32_MAX, 0x80000000, 77};
    for (unsigned i = 0; i < 6; i++)
        for (unsigned k = 0; k < 6; k++)
            KIT_CHECK(corrupt(junk[i], junk[k]));
}

static const kit_case bins_tests_cases[] = {
    {"bins_numbers", test_bin_of},
    {"bins_sets", test_sets},
    {"bins_overwritten", test_overwritten},
    {"bins_forged", test_forged},
};
UNIT_SUITE(bins_tests);
