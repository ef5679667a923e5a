/* SPDX-License-Identifier: MIT */
/* check.c: damage each thing that it looks at, and see it complain. */
#include "unit.h"

static void *block[400];

/* Run blocks with gaps, pages in all states. */
static bool start(void)
{
    HOLDS(unit_heap(1 << 20, 0));
    for (unsigned i = 0; i < 400; i++)
        HOLDS((block[i] = hak_malloc(i % 4 == 0 ? 5000 : 64)) != NULL);
    for (unsigned i = 0; i < 400; i += 8)
        hak_free(block[i]);
    for (unsigned i = 1; i < 60; i += 2)
        hak_free(block[i]);
    HOLDS(hak_check() == NULL);
    return true;
}

/* Does check see the word with these bits flipped? Then put it right again. */
static bool sees(void *where, hak_word flip)
{
    hak_word *word = where;
    *word ^= flip;
    const char *broken = hak_check();
    HOLDS(broken != NULL && broken[0] != 0);
    *word ^= flip;
    HOLDS(hak_check() == NULL);
    return true;
}

#define SEES_FIELD(field)                                                                          \
    do {                                                                                           \
        (field)++;                                                                                 \
        KIT_CHECK(hak_check() != NULL);                                                            \
        (field)--;                                                                                 \
        KIT_CHECK(hak_check() == NULL);                                                            \
    } while (0)

static void test_sums(void)
{
    KIT_CHECK(start());
    SEES_FIELD(run.taken_granules);
    SEES_FIELD(run.mallocs);
    SEES_FIELD(run.usable_granules);
    SEES_FIELD(pools.page_granules);
    SEES_FIELD(pools.retained_count);
}

static hak_unit *unit_at(const void *p)
{
    return &run.first.maps.units[unit_of(region_granule(&run.first, p))];
}

static void test_maps(void)
{
    KIT_CHECK(start());
    hak_word begin = ONE << bit_of(region_granule(&run.first, block[4]));
    KIT_CHECK(sees(&unit_at(block[4])->begin, begin)); /* a block vanishes */
    KIT_CHECK(sees(&unit_at(block[4])->live, begin));  /* it seems free */
    KIT_CHECK(sees(&unit_at(block[8])->live, ONE << bit_of(region_granule(&run.first, block[8]))));
    hak_unit *inner = unit_at(block[4]) + 1;
    KIT_CHECK(sees(&inner->live, 1));    /* its length */
    KIT_CHECK(sees(&inner[1].begin, 4)); /* something begins inside */
    hak_word first = ONE << bit_of(run.first.first);
    KIT_CHECK(sees(&run.first.maps.units[unit_of(run.first.first)].begin, first));
}

static void test_links(void)
{
    KIT_CHECK(start());
    hak_extent x = bins_longest(&run.first).extent;
    hak_link *link = region_address(&run.first, x.start);
    SEES_FIELD(link->next);
    SEES_FIELD(link->previous);
    SEES_FIELD(run.first.bins.heads[bin_of(x.length)]);
}

/* A free extent in two pieces, both on the map and in their bins. */
static void test_touching(void)
{
    KIT_CHECK(start());
    hak_extent x = bins_longest(&run.first).extent, front = {x.start, 100};
    hak_extent rest = {x.start + 100, x.length - 100};
    KIT_CHECK(bins_remove(&run.first, x));
    unit_erase(&run.first, x);
    unit_mark(&run.first, front, false);
    unit_mark(&run.first, rest, false);
    bins_insert(&run.first, front);
    bins_insert(&run.first, rest);
    KIT_CHECK(hak_check() != NULL);
    KIT_CHECK(bins_remove(&run.first, front) && bins_remove(&run.first, rest));
    unit_erase(&run.first, front);
    unit_erase(&run.first, rest);
    unit_mark(&run.first, x, false);
    KIT_CHECK(hak_check() != NULL); /* in no bin */
    bins_insert(&run.first, x);
    KIT_CHECK(hak_check() == NULL);
}

/* A page in each state: owned, listed, full. */
static bool pages_of_state(uint32_t state, hak_page *found)
{
    for (uint32_t u = 0; u < unit_of(run.first.end); u++) {
        unsigned kind = region_kind(&run.first, u);
        hak_page page = page_of(&run.first.maps, u);
        if (kind == 0)
            continue;
        if ((page_state(page) & (PAGE_OWNED | PAGE_FULL)) == (state | 1))
            *found = page;
        u += pools.classes[kind - 1].units - 1;
    }
    HOLDS(found->id != 0);
    return true;
}

static void test_pages(void)
{
    hak_page owned = PAGE_NONE, listed = PAGE_NONE, full = PAGE_NONE;
    KIT_CHECK(start());
    KIT_CHECK(pages_of_state(PAGE_OWNED, &owned) && pages_of_state(1, &listed) &&
              pages_of_state(PAGE_FULL, &full));
    KIT_CHECK(sees(page_freed(full), 1));
    KIT_CHECK(sees(page_freed(full), PAGE_KNOWN));
    KIT_CHECK(sees(&page_words(full)->live, PAGE_FULL ^ 2));
    KIT_CHECK(sees(&page_words(full)->live, PAGE_FULL ^ PAGE_OWNED));
    KIT_CHECK(sees(&page_words(full)->begin, 1));
    KIT_CHECK(sees(page_freed(listed), word_get(page_freed(listed))));
    KIT_CHECK(sees(page_freed(listed), ~word_get(page_freed(listed))));
    KIT_CHECK(sees(page_freed(listed), PAGE_KNOWN));
    SEES_FIELD(page_record_of(listed)->newer);
    KIT_CHECK(sees(&page_words(listed)->live, 4));
    KIT_CHECK(sees(&page_words(owned)->live, (hak_word)1 << 29));
    KIT_CHECK(sees(&page_words(owned)->live, 2));
    unsigned index = region_kind(&run.first, page_unit(owned)) - 1u;
    hak_slot *slot = pool_slot(kit_core(), index);
    KIT_CHECK(slot->page.id == owned.id);
    SEES_FIELD(slot->base);
    SEES_FIELD(slot->used_bytes);
    SEES_FIELD(slot->page.id);
    KIT_CHECK(sees(&slot->free, ~pools.classes[index].full));
    SEES_FIELD(run.first.maps.kinds[page_unit(full)]);
}

static const kit_case check_tests_cases[] = {
    {"check_sums", test_sums},         {"check_maps", test_maps},   {"check_links", test_links},
    {"check_touching", test_touching}, {"check_pages", test_pages},
};
UNIT_SUITE(check_tests);
