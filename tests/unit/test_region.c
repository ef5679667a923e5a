/* SPDX-License-Identifier: MIT */
/* region.h: carving a range, trimming it, finding regions. */
#include "unit.h"
#include "bins.h"

static bool region_is_sound(const hak_region *r, const hak_carving *range, size_t page_bytes)
{
    uintptr_t first = (uintptr_t)region_address(r, r->first);
    uintptr_t end = (uintptr_t)region_address(r, r->end);
    granule length = r->end - r->first;
    HOLDS(r->maps.base % page_bytes == 0 && r->first >= 1 && r->first < r->end);
    HOLDS(first >= range->next && end <= range->end && range->end - end < GRANULE_BYTES);
    HOLDS(r->maps.base + r->maps.span == range->end);
    HOLDS(region_granule(r, (void *)first) == r->first && r->first_address == first);
    HOLDS(extent_begins(r, r->first) && extent_is_free(r, r->first));
    HOLDS(extent_length(r, r->first) == length);
    HOLDS(bins_longest(r).extent.start == r->first && bins_longest(r).extent.length == length);
    /* Merging stops at both ends. */
    HOLDS(!extent_is_free(r, r->end) && extent_begins(r, r->end));
    HOLDS(extent_before(r, r->first) == r->first - 1 && !extent_is_free(r, r->first - 1));
    for (uint32_t u = 0; u <= unit_of(r->end); u++)
        HOLDS(region_kind(r, u) == 0 && word_get(region_freed(&r->maps, u)) == 0);
    return true;
}

/* All maps lie in the range, before the first granule, side by side. */
static bool maps_lie_apart(const hak_region *r, const hak_carving *range)
{
    uintptr_t first = (uintptr_t)region_address(r, r->first);
    size_t units = unit_of(r->end) + 1;
    unsigned bins = bins_count(r->end - r->first);
    const struct {
        uintptr_t start;
        size_t bytes;
    } map[] = {
        {(uintptr_t)r->maps.units, units * sizeof *r->maps.units},
        {(uintptr_t)r->maps.kinds, units * sizeof *r->maps.kinds},
        {(uintptr_t)r->bins.heads, bins * sizeof *r->bins.heads},
        {(uintptr_t)r->bins.words, bins_words(bins) * sizeof *r->bins.words},
        {(uintptr_t)r->maps.freed, units * sizeof *r->maps.freed}, /* or in `units` */
    };
    for (unsigned i = 0; i < 5 - UNIT_FREED_WORDS; i++) {
        HOLDS(map[i].start >= range->start && map[i].start + map[i].bytes <= first);
        for (unsigned k = 0; k < i; k++)
            HOLDS(map[i].start >= map[k].start + map[k].bytes ||
                  map[k].start >= map[i].start + map[i].bytes);
    }
    return true;
}

static bool make(size_t bytes, size_t shift, size_t page_bytes, unsigned classes)
{
    hak_region r;
    hak_carving range;
    unsigned char *start = unit_ram(bytes, shift);
    HOLDS(region_trim(start, bytes, &range) == HAK_OK);
    HOLDS(range.start >= (uintptr_t)start && range.start - (uintptr_t)start < GRANULE_BYTES);
    HOLDS(range.end <= (uintptr_t)start + bytes &&
          (uintptr_t)start + bytes - range.end < GRANULE_BYTES);
    r.maps.index = 0;
    region_make(&r, &range, (hak_page_plan){page_bytes, classes});
    region_open(&r);
    return region_is_sound(&r, &range, page_bytes) && maps_lie_apart(&r, &range) &&
           unit_guards_hold();
}

static void test_make(void)
{
    for (size_t shift = 0; shift < 2 * GRANULE_BYTES; shift++)
        for (size_t bytes = HAK_HEAP_MIN; bytes < 20000; bytes += 1 + bytes / 7)
            KIT_CHECK(make(bytes, shift, UNIT_BYTES, bytes >= 16384 ? 20 : 0));
    for (size_t page = UNIT_BYTES; page <= 64 * UNIT_BYTES; page *= 2)
        for (size_t shift = 0; shift < 70000; shift += 8191)
            KIT_CHECK(make(page * 20 + shift / 3, shift, page, (unsigned)(shift / 8191)));
}

/* A range that is said to fit is big enough for all that is laid into it, also
 * for large pages beside which it is tiny; and 4 KiB always fit. */
static void test_fits(void)
{
    for (size_t page = UNIT_BYTES; page <= 64 * UNIT_BYTES; page *= 2)
        for (size_t bytes = HAK_HEAP_MIN; bytes <= 4096; bytes += GRANULE_BYTES) {
            hak_carving range;
            KIT_CHECK(region_trim(unit_ram(bytes, 0), bytes, &range) == HAK_OK);
            bool fits = region_fits(range, (hak_page_plan){page, 0});
            KIT_CHECK(fits || (bytes < 4096 && page > UNIT_BYTES));
            KIT_CHECK(!fits || make(bytes, 0, page, 0));
        }
}

static void test_trim(void)
{
    hak_carving range;
    char *some = (char *)(uintptr_t)0x10000;
    size_t most = (size_t)1 << (WORD_BITS == 64 ? 36 : 31);
    KIT_CHECK(region_trim(NULL, 4096, &range) == HAK_ERR_NULL);
    KIT_CHECK(region_trim(some, 0, &range) == HAK_ERR_ZERO);
    KIT_CHECK(region_trim(some, HAK_HEAP_MIN - 1, &range) == HAK_ERR_TOO_SMALL);
    KIT_CHECK(region_trim(some, HAK_HEAP_MIN, &range) == HAK_OK);
    KIT_CHECK(region_trim(some, most, &range) == HAK_OK);
    KIT_CHECK(region_trim(some, most + 1, &range) == HAK_ERR_TOO_BIG);
    KIT_CHECK(region_trim(some, SIZE_MAX, &range) == HAK_ERR_WRAP);
    KIT_CHECK(region_trim((void *)(UINTPTR_MAX - 4095), 4097, &range) == HAK_ERR_WRAP);
    /* A range up to the last byte of the address space. */
    KIT_CHECK(region_trim((void *)(UINTPTR_MAX - 4095), 4096, &range) == HAK_OK);
    KIT_CHECK(range.end > range.start && range.end - range.start >= 4096 - 2 * GRANULE_BYTES);
    KIT_CHECK(region_trim(some + 1, 4096, &range) == HAK_OK);
    KIT_CHECK(range.start == 0x10000 + GRANULE_BYTES && range.end == 0x11000);
}

static void test_carve(void)
{
    hak_carving range = {1000, 1000, 5000};
    KIT_CHECK(region_carve(&range, 10, 1) == (void *)(uintptr_t)1000);
    KIT_CHECK(region_carve(&range, 16, 8) == (void *)(uintptr_t)1016);
    KIT_CHECK(region_carve(&range, 0, 64) == (void *)(uintptr_t)1088);
    KIT_CHECK(range.start == 1000 && range.next == 1088 && range.end == 5000);
}

/* Every number of regions, side by side and with gaps; each address around each border. */
static void test_search(void)
{
    static hak_region regions[HAK_REGIONS];
    for (unsigned count = 1; count <= HAK_REGIONS; count++) {
        hak_region_table table = {.count = count};
        uintptr_t at = 0x100000;
        for (unsigned i = 0; i < 8; i++)
            table.start[i] = UINTPTR_MAX;
        for (unsigned i = 0; i < HAK_REGIONS; i++)
            table.region[i] = &regions[0];
        for (unsigned i = 0; i < count; i++) {
            at += i % 2 == 0 ? 0x1000 : 0;
            regions[i].start = table.start[i] = at;
            regions[i].maps.base = at + 0x400;
            regions[i].maps.span = 0x2000 - 0x400;
            table.region[i] = &regions[i];
            at += 0x2000;
        }
        for (uintptr_t p = 0x100000 - 0x800; p < at + 0x2000; p += 0x100) {
            hak_region *expected = NULL;
            for (unsigned i = 0; i < count; i++)
                if (p >= regions[i].maps.base && p < regions[i].maps.base + regions[i].maps.span)
                    expected = &regions[i];
            KIT_CHECK(region_search(&table, p) == expected);
        }
        KIT_CHECK(region_search(&table, 0) == NULL && region_search(&table, UINTPTR_MAX) == NULL);
    }
}

static const kit_case region_tests_cases[] = {
    {"region_make", test_make},   {"region_fits", test_fits},     {"region_trim", test_trim},
    {"region_carve", test_carve}, {"region_search", test_search},
};
UNIT_SUITE(region_tests);
