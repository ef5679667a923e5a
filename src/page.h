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
 * The other bits of `freed` are set, with one exception: PAGE_KNOWN is clear in
 * a FULL page. The first free sets it with its block's bit, in one step, and by
 * that it alone is bound to list the page. Until it has, the page stays FULL, and
 * nobody else lists it or gives it back. So `freed` alone tells which free has to
 * do something: the one that finds PAGE_KNOWN clear, and the one that makes
 * ~freed == 0, for then all blocks are free.
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
    return region_freed(&page_region(page)->maps, page_unit(page));
}
static inline uintptr_t page_address(hak_page page)
{
    return page_region(page)->maps.base + ((uintptr_t)page_unit(page) << UNIT_SHIFT);
}

/* In `freed`: the page is owned, or listed, or about to be listed by whoever set
 * the bit. No class has so many blocks that it would be one of theirs. */
#define PAGE_KNOWN (ONE << (WORD_BITS - 1))

/*
 * The state of a page, in place of the live word of its first unit.
 *   LISTED     `state` is the code of the neighbour in the list that was listed
 *              before, `newer` the number of the other
 *   OWNED      the rest of `state` is where the slot that owns it lies among all slots,
 *              in words
 *   FULL       `newer` is the number of the head of the list that the page will be
 *              put into, or PAGE_EMPTY: no block is live any more, and whoever is on
 *              the way to list it is to give it back instead
 * Bit 0 is always set: for the run layer, a page is an extent in use.
 * Each region has a list for each class, in the order of listing: a ring through its
 * head, which lies behind the units of the map. Numbers are those of units there.
 * With words of 32 bits `newer` is the `freed` of the unit behind (region.h).
 */
enum { PAGE_STATE_BETWEEN = UNIT_FREED_WORDS * 4 };
__extension__ typedef struct __attribute__((may_alias)) hak_page_state {
    uint32_t state;
    uint32_t between[PAGE_STATE_BETWEEN];
    uint32_t newer;
} hak_page_state;
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "bit 0 is in the first half");
_Static_assert(offsetof(hak_page_state, newer) == (UNIT_FREED_WORDS != 0
                                                       ? 2 * sizeof(hak_unit) - sizeof(hak_word)
                                                       : sizeof(uint32_t)),
               "where `newer` lies");
#define PAGE_OWNED (UINT32_C(1) << 31)
#define PAGE_FULL  (UINT32_C(1) << 30 | 1)
#define PAGE_EMPTY PAGE_OWNED

/* By the slot's place in bytes, a multiple of the word. */
static inline uint32_t page_owned_by(uint32_t bytes)
{
    return PAGE_OWNED | bytes / (sizeof(hak_word) / 2) | 1;
}
/* The slot's place in words. */
static inline uint32_t page_owner(uint32_t state) { return (state & ~PAGE_OWNED) >> 1; }
static inline uint32_t page_code(uint32_t number) { return number << 1 | 1; }
static inline bool page_is_listed(uint32_t state)
{
    return (state & (PAGE_OWNED | PAGE_FULL)) == 1;
}

/* The record of a unit of the map, or of a head. Signed: A64 scales that in the same
 * step. */
static inline hak_page_state *page_record(const hak_unit *units, intptr_t number)
{
    return (hak_page_state *)&units[number].live;
}
/* The same by the code. */
static inline hak_page_state *page_decode(const hak_unit *units, uint32_t code)
{
    enum { HALF = sizeof *units / 2 };
    uintptr_t behind = (uintptr_t)units + (uintptr_t)(intptr_t)(int32_t)code * HALF;
    __asm__("" : "+r"(behind)); /* or GCC subtracts first, in a step of its own */
    return (hak_page_state *)(behind - HALF);
}
static inline uint32_t page_head(const hak_maps *maps, unsigned kind) { return maps->heads + kind; }

/* Atomic: a free of a block of the run layer that ends before the page may read the
 * whole word, whatever it is then (note_length). */
static inline void page_set_newer(hak_page_state *p, uint32_t number)
{
    hak_port_set_half(&p->newer, number);
}

/* acquire, release: what the state says of `free` and `freed` is there to see. */
static inline uint32_t page_state_at(const hak_page_state *p)
{
    return __atomic_load_n(&p->state, __ATOMIC_ACQUIRE);
}
static inline void page_set_state_at(hak_page_state *p, uint32_t state)
{
    __atomic_store_n(&p->state, state, __ATOMIC_RELEASE);
}
static inline hak_page_state *page_record_of(hak_page page)
{
    return page_record(page_maps(page)->units, (int32_t)page_unit(page));
}
static inline uint32_t page_state(hak_page page) { return page_state_at(page_record_of(page)); }

/* Nobody owns the page, and it is in no list. */
static inline void page_set_full(const hak_maps *maps, uint32_t unit, unsigned kind)
{
    hak_page_state *page = page_record(maps->units, (int32_t)unit);
    page_set_newer(page, page_head(maps, kind));
    page_set_state_at(page, PAGE_FULL);
}

/* Empty lists, for classes of kinds 1 to `classes`. */
void page_lists_make(const hak_maps *maps, unsigned classes);

/* The page that was listed first: it has had most time to gain free blocks. The
 * head: none is listed. */
static inline uint32_t page_list_first(const hak_maps *maps, unsigned kind)
{
    return page_record(maps->units, (int32_t)page_head(maps, kind))->newer;
}

/* Put a FULL page at the end of its list. false: it is EMPTY. */
STEP bool page_list_add(const hak_unit *units, hak_page_state *page, uint32_t unit)
{
    uint32_t head_number = page->newer;
    if ((head_number & PAGE_EMPTY) != 0)
        return false;
    hak_page_state *head = page_record(units, (int32_t)head_number);
    uint32_t last = head->state;
    page_set_newer(page_decode(units, last), unit);
    page_set_state_at(page, last);
    head->state = page_code(unit);
    return true;
}

/* Take a LISTED page out of its list; its state is the caller's to set. */
STEP void page_list_remove(const hak_unit *units, uint32_t unit)
{
    hak_page_state *page = page_record(units, (int32_t)unit);
    page_set_newer(page_decode(units, page->state), page->newer);
    page_set_state_at(page_record(units, (int32_t)page->newer), page->state);
}

/* For check: is the listed page linked from both sides? */
bool page_links_hold(const hak_region *r, uint32_t unit, unsigned classes);

typedef uint16_t __attribute__((may_alias)) two_kinds;
typedef uint32_t __attribute__((may_alias)) four_kinds;

STEP void page_set_eight(uint8_t *first, unsigned at, hak_word kinds)
{
    word_set((hak_atomic *)(void *)(first + at), kinds);
    if (sizeof(hak_word) < 8)
        word_set((hak_atomic *)(void *)(first + at + sizeof(hak_word)), kinds);
}

/* The same for more than 8 units. */
STEP void page_set_many(uint8_t *first, uint32_t units, hak_word kinds)
{
    page_set_eight(first, 8, kinds);
    if (units == 16)
        return;
    page_set_eight(first, 16, kinds);
    page_set_eight(first, 24, kinds);
    if (units == 32)
        return;
    page_set_eight(first, 32, kinds);
    page_set_eight(first, 40, kinds);
    page_set_eight(first, 48, kinds);
    page_set_eight(first, 56, kinds);
}
_Static_assert(LARGEST_PAGE_UNITS == 64, "page_set_many");

/* Set the kinds of a page's units, a power of two: a page is naturally aligned,
 * and so are its kinds. Atomic, for a bad free may read them without the lock. */
STEP void page_set_kinds(const hak_maps *maps, uint32_t unit, uint32_t units, unsigned kind)
{
    uint8_t *first = &maps->kinds[unit];
    hak_word eight = kind * (hak_word)UINT64_C(0x0101010101010101);
    if (units >= 8) {
        page_set_eight(first, 0, eight);
        if (units > 8)
            page_set_many(first, units, eight);
    } else if (units == 1) {
        __atomic_store_n(first, (uint8_t)kind, __ATOMIC_RELAXED);
    } else if (units == 2) {
        __atomic_store_n((two_kinds *)first, (uint16_t)eight, __ATOMIC_RELAXED);
    } else {
        __atomic_store_n((four_kinds *)first, (uint32_t)eight, __ATOMIC_RELAXED);
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
