/* SPDX-License-Identifier: MIT */
/*
 * A page: blocks of one class, cut from the run layer. Nothing of it lies in
 * its own memory. Its state is always one of
 *
 *   OWNED by a core   the core's slot says which blocks are free; those freed
 *                     from outside are in `freed` until the core drains it
 *   LISTED            free blocks, all in `freed`; any core may adopt it
 *   FULL              no free block; the first free of one lists it
 *
 * Block i of a page is free if and only if bit i is set in `freed`, or, in an
 * owned page, in the slot's `free`; never in neither while it moves between.
 * The bits of `freed` behind the last block are always set: nothing behind it
 * can be freed, and ~freed == 0 says that the page is empty.
 * State and links change with the run lock held; `freed` changes without.
 */
#ifndef HAK_PAGE_H
#define HAK_PAGE_H

#include "classes.h"
#include "free_step.h"

/* A page, by the index of its region and its first unit. */
typedef struct hak_page {
    uint32_t id; /* 0: none */
} hak_page;

enum { PAGE_UNIT_BITS = 27 };
#define PAGE_NONE ((hak_page){0})

static inline hak_page page_of(const hak_maps *maps, uint32_t unit)
{
    return (hak_page){maps->index << PAGE_UNIT_BITS | unit};
}
static inline hak_region *page_region(hak_page page)
{
    return run.arrived[page.id >> PAGE_UNIT_BITS];
}
static inline uint32_t page_unit(hak_page page) { return page.id & ((1u << PAGE_UNIT_BITS) - 1); }
static inline hak_maps *page_maps(hak_page page) { return &page_region(page)->maps; }
static inline hak_unit *page_words(hak_page page)
{
    return &page_region(page)->maps.units[page_unit(page)];
}
static inline hak_atomic *page_freed(hak_page page)
{
    return &page_region(page)->maps.freed[page_unit(page)];
}
static inline uintptr_t page_address(hak_page page)
{
    return page_region(page)->maps.base + ((uintptr_t)page_unit(page) << UNIT_SHIFT);
}

/*
 * The state: one word, the live word of the first unit.
 *   bits 0-2   FULL, LISTED, OWNED. Bit 0 is set in each: for the run layer the
 *              page is an extent in use
 *   OWNED      the rest is the number of the slot that owns it
 *   LISTED     bits 3-32 the next page in the list, bits 33-63 the previous one
 */
enum {
    PAGE_FULL = 1,
    PAGE_LISTED = 3,
    PAGE_OWNED = 5,
    PAGE_LISTED_BIT = 2,
    PAGE_OWNED_BIT = 4,
    PAGE_STATES = 7,
    PAGE_NUMBER_SHIFT = 3,
    PAGE_PREVIOUS_SHIFT = 33
};
_Static_assert(WORD_BITS == 64, "a page's state wants a 64-bit word");

static inline hak_word page_owned_by(size_t slot) { return PAGE_OWNED | slot << PAGE_NUMBER_SHIFT; }
static inline hak_word page_linked(hak_page next, hak_page previous)
{
    return PAGE_LISTED | (hak_word)next.id << PAGE_NUMBER_SHIFT |
           (hak_word)previous.id << PAGE_PREVIOUS_SHIFT;
}

/* acquire, release: what the state says of `free` and `freed` is there to see. */
static inline hak_word page_state(hak_page page)
{
    return __atomic_load_n(&page_words(page)->live, __ATOMIC_ACQUIRE);
}
static inline void page_set_state(hak_page page, hak_word state)
{
    __atomic_store_n(&page_words(page)->live, state, __ATOMIC_RELEASE);
}

static inline hak_page page_next(hak_word state)
{
    return (hak_page){(uint32_t)(state >> PAGE_NUMBER_SHIFT) & 0x3fffffff};
}
static inline hak_page page_previous(hak_word state)
{
    return (hak_page){(uint32_t)(state >> PAGE_PREVIOUS_SHIFT)};
}

/* A list of LISTED pages, the oldest first: it has had most time to gain free
 * blocks. */
typedef struct hak_page_list {
    hak_page first, last;
} hak_page_list;

static inline void page_list_add(hak_page_list *list, hak_page page)
{
    hak_page last = list->last;
    page_set_state(page, page_linked(PAGE_NONE, last));
    list->last = page;
    if (last.id == 0)
        list->first = page;
    else
        page_set_state(last, page_words(last)->live | (hak_word)page.id << PAGE_NUMBER_SHIFT);
}

static inline void page_list_remove_first(hak_page_list *list)
{
    hak_page next = page_next(page_words(list->first)->live);
    list->first = next;
    if (next.id == 0)
        list->last = next;
    else
        page_set_state(next, page_linked(page_next(page_words(next)->live), PAGE_NONE));
}

STEP void page_list_remove(hak_page_list *list, hak_page page)
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

/* For check: is the page linked from both sides? */
bool page_links_hold(const hak_page_list *list, hak_page page);

typedef uint16_t __attribute__((may_alias)) two_kinds;
typedef uint32_t __attribute__((may_alias)) four_kinds;
typedef uint64_t __attribute__((may_alias)) eight_kinds;

/* Set the kinds of a page's units, a power of two: a page is naturally aligned,
 * and so are its kinds. Atomic, for a bad free may read them without the lock. */
STEP void page_set_kinds(hak_maps *maps, uint32_t unit, uint32_t units, uint8_t kind)
{
    uint8_t *first = &maps->kinds[unit];
    uint64_t eight = kind * UINT64_C(0x0101010101010101);
    if (units == 1)
        __atomic_store_n(first, kind, __ATOMIC_RELAXED);
    else if (units == 2)
        __atomic_store_n((two_kinds *)first, (uint16_t)eight, __ATOMIC_RELAXED);
    else if (units == 4)
        __atomic_store_n((four_kinds *)first, (uint32_t)eight, __ATOMIC_RELAXED);
    else if (units == 8)
        __atomic_store_n((eight_kinds *)first, eight, __ATOMIC_RELAXED);
    else
        for (uint32_t i = 0; i < units; i += 16) {
            __atomic_store_n((eight_kinds *)(first + i), eight, __ATOMIC_RELAXED);
            __atomic_store_n((eight_kinds *)(first + i + 8), eight, __ATOMIC_RELAXED);
        }
}

/* Give an unlisted, unowned page, all of whose blocks are free, back. */
STEP void page_death(const hak_class *c, hak_region *r, uint32_t unit)
{
    page_set_kinds(&r->maps, unit, c->units, 0);
    set_live_word(&r->maps.units[unit], 0);
    run_give(r,
             (hak_extent){unit << UNIT_GRANULES_SHIFT, (granule)c->units << UNIT_GRANULES_SHIFT});
}

#endif
