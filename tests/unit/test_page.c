/* SPDX-License-Identifier: MIT */
/* page.h: birth, death, and the lists of pages with free blocks. */
#include "unit.h"

enum { PAGES = 40 };
static hak_page page[PAGES];

static bool births(unsigned index)
{
    const hak_class *c = &pools.classes[index];
    granule length = (granule)c->units << UNIT_GRANULES_SHIFT;
    for (unsigned i = 0; i < PAGES; i++) {
        hak_place place = run_take_page(length);
        HOLDS(place.region == &run.first);
        uint32_t unit = unit_of(place.extent.start);
        page[i] = page_of(&run.first.maps, unit);
        page_set_kinds(&run.first.maps, unit, c->units, (uint8_t)(index + 1));
        page_set_state(page[i], PAGE_FULL);
        HOLDS(page[i].id != 0 && page_unit(page[i]) == unit && page_region(page[i]) == &run.first);
        HOLDS(page_address(page[i]) == (uintptr_t)region_address(&run.first, place.extent.start));
        for (unsigned u = 0; u < c->units; u++)
            HOLDS(region_kind(&run.first, unit + u) == index + 1);
    }
    return true;
}

/* Pages join and leave a list at random; the list is what a shadow says. */
static bool lists(uint64_t *random)
{
    hak_page_list list = {PAGE_NONE, PAGE_NONE};
    bool listed[PAGES] = {false};
    for (unsigned turn = 0; turn < 2000; turn++) {
        unsigned i = (unsigned)(kit_random(random) >> 33) % PAGES, count = 0;
        if (listed[i])
            page_list_remove(&list, page[i]);
        else
            page_list_add(&list, page[i]);
        listed[i] = !listed[i];
        HOLDS((page_state(page[i]) & PAGE_STATES) == (listed[i] ? PAGE_LISTED : PAGE_FULL));
        for (unsigned k = 0; k < PAGES; k++) {
            HOLDS(!listed[k] || page_links_hold(&list, page[k]));
            count += listed[k];
        }
        HOLDS((list.first.id == 0) == (count == 0) && (list.last.id == 0) == (count == 0));
    }
    /* As many as were added come out at the front. */
    for (unsigned k = 0; k < PAGES; k++) {
        unsigned i = 0;
        while (i < PAGES && page[i].id != list.first.id)
            i++;
        if (i == PAGES)
            break;
        HOLDS(listed[i]);
        listed[i] = false;
        page_list_remove(&list, page[i]);
    }
    for (unsigned k = 0; k < PAGES; k++)
        HOLDS(!listed[k]);
    HOLDS(list.first.id == 0);
    return true;
}

static void test_pages(void)
{
    uint64_t random = 11;
    KIT_CHECK(unit_heap(UNIT_RAM_MOST, 0));
    granule longest = bins_longest(&run.first).extent.length;
    KIT_CHECK(pools.class_count != 0);
    for (unsigned index = 0; index < pools.class_count; index++) {
        KIT_CHECK(births(index));
        KIT_CHECK(lists(&random));
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
