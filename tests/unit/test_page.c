/* SPDX-License-Identifier: MIT */
/* page.h: birth, death, and the lists of pages with free blocks. */
#include "unit.h"
#include "page_step.h"

enum { PAGES = 40 };
static hak_page page[PAGES];

static bool births(unsigned index)
{
    const hak_class *c = &pools.classes[index];
    granule length = (granule)c->units << UNIT_GRANULES_SHIFT;
    for (unsigned i = 0; i < PAGES; i++) {
        hak_place place = page_take(length, PAGE_FROM_LONGEST);
        HOLDS(place.region == &run.first);
        uint32_t unit = unit_of(place.extent.start);
        page[i] = page_of(&run.first.maps, unit);
        page_set_kinds(&run.first.maps, unit, c->units, (uint8_t)(index + 1));
        page_set_full(&run.first.maps, unit, index + 1);
        HOLDS(page[i].id != 0 && page_unit(page[i]) == unit && page_region(page[i]) == &run.first);
        HOLDS(page_address(page[i]) == (uintptr_t)region_address(&run.first, place.extent.start));
        for (unsigned u = 0; u < c->units; u++)
            HOLDS(region_kind(&run.first, unit + u) == index + 1);
    }
    return true;
}

/* The list of the kind is these pages, in that order, and linked both ways. */
static bool list_is(unsigned kind, const unsigned order[], unsigned count)
{
    const hak_maps *maps = &run.first.maps;
    uint32_t before = page_head(maps, kind);
    for (unsigned i = 0; i < count; i++) {
        uint32_t unit = page_unit(page[order[i]]);
        HOLDS(page_record(maps->units, (int32_t)before)->newer == unit);
        HOLDS(page_is_listed(page_state(page[order[i]])) &&
              page_state(page[order[i]]) == page_code(before));
        HOLDS(page_links_hold(&run.first, unit, pools.class_count));
        before = unit;
    }
    HOLDS(page_record(maps->units, (int32_t)before)->newer == page_head(maps, kind));
    HOLDS(page_record(maps->units, (int32_t)page_head(maps, kind))->state == page_code(before));
    HOLDS(count == 0 ? pool_listed(kind).maps == NULL
                     : pool_listed(kind).unit == page_unit(page[order[0]]));
    return true;
}

/* Pages join at the end and leave at random; the list is what a shadow says. */
static bool lists(unsigned kind, uint64_t *random)
{
    const hak_maps *maps = &run.first.maps;
    unsigned order[PAGES], count = 0;
    HOLDS(list_is(kind, order, count));
    for (unsigned turn = 0; turn < 2000; turn++) {
        unsigned i = (unsigned)(kit_random(random) >> 33) % PAGES, at = 0;
        uint32_t unit = page_unit(page[i]);
        while (at < count && order[at] != i)
            at++;
        if (at < count) {
            page_list_remove(maps->units, unit);
            page_set_full(maps, unit, kind);
            for (count--; at < count; at++)
                order[at] = order[at + 1];
        } else {
            HOLDS(page_list_add(maps->units, page_record(maps->units, (int32_t)unit), unit));
            order[count++] = i;
        }
        HOLDS(list_is(kind, order, count));
    }
    for (; count != 0; count--)
        page_list_remove(maps->units, page_unit(page[order[count - 1]]));
    return list_is(kind, order, 0);
}

static void test_pages(void)
{
    uint64_t random = 11;
    KIT_CHECK(unit_heap(UNIT_RAM_MOST, 0));
    granule longest = bins_longest(&run.first).extent.length;
    KIT_CHECK(pools.class_count != 0);
    for (unsigned index = 0; index < pools.class_count; index++) {
        KIT_CHECK(births(index));
        KIT_CHECK(lists(index + 1, &random));
        for (unsigned i = 0; i < PAGES; i++) {
            hak_page dead = page[(i * 7) % PAGES];
            page_death(&pools.classes[index], page_region(dead), page_unit(dead));
        }
        KIT_CHECK(bins_longest(&run.first).extent.length == longest);
        for (uint32_t u = 0; u <= unit_of(run.first.end); u++)
            KIT_CHECK(region_kind(&run.first, u) == 0);
        KIT_CHECK(hak_check() == NULL);
    }
    KIT_CHECK(unit_guards_hold());
}

static const kit_case page_tests_cases[] = {{"page_lists", test_pages}};
UNIT_SUITE(page_tests);
