/* SPDX-License-Identifier: MIT */
#include "page.h"

/* Both links in one word of the first unit. */
_Static_assert(WORD_BITS == 64, "page links want a 64-bit word");

static inline hak_page next_of(hak_page page)
{
    return (hak_page){(uint32_t)page_words(page)->live};
}
static inline hak_page previous_of(hak_page page)
{
    return (hak_page){(uint32_t)(page_words(page)->live >> 32)};
}
static inline void link(hak_page page, hak_page next, hak_page previous)
{
    page_words(page)->live = (hak_word)previous.id << 32 | next.id;
}

void page_list_add(hak_page_list *list, hak_page page)
{
    hak_page second = list->first;
    link(page, second, PAGE_NONE);
    if (second.id != 0)
        link(second, next_of(second), page);
    list->first = page;
    page_set_state(page, PAGE_LISTED);
}

void page_list_remove(hak_page_list *list, hak_page page)
{
    hak_page next = next_of(page), previous = previous_of(page);
    if (next.id != 0)
        link(next, next_of(next), previous);
    if (previous.id != 0)
        link(previous, next, previous_of(previous));
    else
        list->first = next;
    page_set_state(page, PAGE_FULL);
}

bool page_links_hold(const hak_page_list *list, hak_page page)
{
    hak_page next = next_of(page), previous = previous_of(page);
    if (next.id != 0 && previous_of(next).id != page.id)
        return false;
    return previous.id != 0 ? next_of(previous).id == page.id : list->first.id == page.id;
}

typedef uint64_t __attribute__((may_alias)) eight_kinds;

/* The kinds of a page's units, eight at a time where there are eight: a page
 * is naturally aligned, and so are its kinds. Atomic, for they are read without
 * the lock. */
static void set_kinds(hak_region *r, uint32_t unit, uint32_t units, uint8_t kind)
{
    uint8_t *first = &r->maps.kinds[unit], *behind = first + units;
    if (units < 8)
        for (; first < behind; first++)
            __atomic_store_n(first, kind, __ATOMIC_RELAXED);
    for (; first < behind; first += 8)
        __atomic_store_n((eight_kinds *)first, kind * UINT64_C(0x0101010101010101), __ATOMIC_RELAXED);
}

hak_page page_birth(const hak_class *c, unsigned index)
{
    granule length = c->units << UNIT_GRANULES_SHIFT;
    hak_place place = run_take_page(length);
    if (place.region == NULL)
        return PAGE_NONE;
    hak_page page = page_of(&place.region->maps, unit_of(place.extent.start));
    page_set_state(page, PAGE_FULL);
    atomic_store_explicit(page_freed(page), 0, memory_order_relaxed);
    set_kinds(place.region, page_unit(page), c->units, (uint8_t)(index + 1));
    return page;
}

void page_death(const hak_class *c, hak_page page)
{
    hak_region *r = page_region(page);
    hak_extent x = {page_unit(page) << UNIT_GRANULES_SHIFT, c->units << UNIT_GRANULES_SHIFT};
    set_kinds(r, page_unit(page), c->units, 0);
    page_set_state(page, 0);
    page_words(page)->live = 0;
    run_give_page((hak_place){r, x});
}
