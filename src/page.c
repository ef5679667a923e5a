/* SPDX-License-Identifier: MIT */
#include "page.h"

void page_list_remove(hak_page_list *list, hak_page page)
{
    hak_word state = page_words(page)->live;
    hak_page next = page_next(state), previous = page_previous(state);
    if (next.id != 0)
        page_set_state(next, page_linked(page_next(page_words(next)->live), previous));
    else
        list->last = previous;
    if (previous.id != 0)
        page_set_state(previous, page_linked(next, page_previous(page_words(previous)->live)));
    else
        list->first = next;
    page_set_state(page, PAGE_FULL);
}

bool page_links_hold(const hak_page_list *list, hak_page page)
{
    hak_page next = page_next(page_state(page)), previous = page_previous(page_state(page));
    if (next.id != 0 ? page_previous(page_state(next)).id != page.id : list->last.id != page.id)
        return false;
    return previous.id != 0 ? page_next(page_state(previous)).id == page.id
                            : list->first.id == page.id;
}

typedef uint64_t __attribute__((may_alias)) eight_kinds;

/* The kinds of a page's units, eight at a time where there are eight: a page
 * is naturally aligned, and so are its kinds. Atomic, for they are read without
 * the lock. */
void page_set_kinds(hak_maps *maps, uint32_t unit, uint32_t units, uint8_t kind)
{
    uint8_t *first = &maps->kinds[unit], *behind = first + units;
    if (units < 8)
        for (; first < behind; first++)
            __atomic_store_n(first, kind, __ATOMIC_RELAXED);
    for (; first < behind; first += 8)
        __atomic_store_n((eight_kinds *)first, kind * UINT64_C(0x0101010101010101), __ATOMIC_RELAXED);
}

void page_death(const hak_class *c, hak_page page)
{
    hak_region *r = page_region(page);
    uint32_t unit = page_unit(page);
    page_set_kinds(&r->maps, unit, c->units, 0);
    page_set_state(page, 0);
    run_give_page((hak_place){
        r, {unit << UNIT_GRANULES_SHIFT, (granule)c->units << UNIT_GRANULES_SHIFT}});
}
