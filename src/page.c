/* SPDX-License-Identifier: MIT */
#include "page.h"

static inline hak_page next_of(hak_page page)
{
    return (hak_page){(uint32_t)(page_state(page) >> PAGE_NUMBER_SHIFT) & 0x7fffffff};
}
static inline hak_page previous_of(hak_page page)
{
    return (hak_page){(uint32_t)(page_state(page) >> PAGE_PREVIOUS_SHIFT)};
}

void page_list_add(hak_page_list *list, hak_page page)
{
    hak_page last = list->last;
    page_set_state(page, page_linked(PAGE_NONE, last));
    if (last.id != 0)
        page_set_state(last, page_linked(page, previous_of(last)));
    else
        list->first = page;
    list->last = page;
}

void page_list_remove(hak_page_list *list, hak_page page)
{
    hak_page next = next_of(page), previous = previous_of(page);
    if (next.id != 0)
        page_set_state(next, page_linked(next_of(next), previous));
    else
        list->last = previous;
    if (previous.id != 0)
        page_set_state(previous, page_linked(next, previous_of(previous)));
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
