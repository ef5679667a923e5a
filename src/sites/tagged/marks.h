/* SPDX-License-Identifier: MIT */
/*
 * Where the tags of call sites lie. A tag is one byte, the index of a site in
 * pools.sites; 0 is "other". They are for diagnosis only: nothing else
 * depends on them, and any value is survived.
 *
 *   in a page     one tag per block: in the map, at the page's first unit and on,
 *                 if the units of the page have so many; else behind the last
 *                 block of the page, which then holds a block or a few less
 *   in the runs   one mark in the map per stripe of so many granules. With the
 *                 bit SHARED it is the tag of all live blocks that begin in the
 *                 stripe; without, that of the last one, and those before it
 *                 are "other"
 */
#ifndef HAK_MARKS_H
#define HAK_MARKS_H

#include "place.h"

enum {
    MARKS_PER_UNIT = HAK_SITE_MARKS < UNIT_GRANULES ? HAK_SITE_MARKS : UNIT_GRANULES,
    MARKS_STRIPE = UNIT_GRANULES / MARKS_PER_UNIT, /* granules that share a tag */
    MARKS_STRIPE_LOG2 = MARKS_STRIPE == 4   ? 2
                        : MARKS_STRIPE == 2 ? 1
                                            : 0,
    MARKS_SHARED = 128,
    MARKS_SLOT_WORDS = WORD_BITS == 64 ? 9 + PLACE_CHARGES : 11
};

_Static_assert(1 << MARKS_STRIPE_LOG2 == MARKS_STRIPE, "1, 2 or 4");
_Static_assert(HAK_SITES <= MARKS_SHARED, "a tag and a bit fit into a byte");

#define MARKS_IN_MAPS uint8_t *tags; /* MARKS_PER_UNIT for each unit */
#define MARKS_IN_SLOT                                                                              \
    __extension__ hak_word charges[PLACE_CHARGES];                                                 \
    uint8_t *tags;                               /* of the page's blocks */
#define MARKS_IN_POOLS hak_place_of_site *sites; /* HAK_SITES of them */
/* Also before hak_init: malloc looks there first. */
#define MARKS_POOLS_START = {.sites = marks_sites}
extern hak_place_of_site marks_sites[];

/* The address of a slot of the pools. */
static inline uintptr_t marks_slot(uintptr_t slots, uintptr_t number)
{
    /* By steps that GCC does not see through: it would multiply. */
    unsigned odd = (unsigned)number + ((unsigned)number << (3 - PLACE_CHARGES));
    unsigned steps = WORD_BITS == 64 ? odd : (unsigned)number * MARKS_SLOT_WORDS;
    __asm__("" : "+r"(steps));
    slots += (uintptr_t)steps * (WORD_BITS == 64 ? 8 << PLACE_CHARGES : 4);
    __asm__("" : "+r"(slots));
    return slots;
}

/* Does the map have room for the tags of such blocks? */
static inline bool marks_in_map(size_t stride) { return stride >= UNIT_BYTES / MARKS_PER_UNIT; }

/* How many blocks a page holds beside their tags. */
static inline uint32_t marks_blocks(uint32_t page_bytes, uint32_t stride)
{
    uint32_t blocks = hak_port_divide(page_bytes, stride);
    return marks_in_map(stride) ? blocks : hak_port_divide(page_bytes, stride + 1);
}

/* The tags of a page: where it lies, and where its map begins. */
static inline uint8_t *marks_of(uint32_t stride, uint32_t used_bytes, uintptr_t page, uint8_t *map)
{
    return marks_in_map(stride) ? map : (uint8_t *)(page + used_bytes);
}

#define MARKS_START(slot, class)                                                                   \
    ((void)(PLACE_CHARGES != 0 && (*(slot)->charges = place_charge((class)->stride))))
#define MARKS_CARVE(maps, range, units)                                                            \
    ((maps)->tags = region_carve(range, (units)*MARKS_PER_UNIT, 1))
#define MARKS_ADOPT(slot, class, maps, unit)                                                       \
    ((slot)->tags = marks_of((class)->stride, (class)->used_bytes, (slot)->base,                   \
                             &(maps)->tags[(size_t)(unit)*MARKS_PER_UNIT]))

#endif
