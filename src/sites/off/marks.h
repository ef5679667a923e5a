/* SPDX-License-Identifier: MIT */
/* Where tags of call sites lie: nowhere in this build. */
#ifndef HAK_MARKS_H
#define HAK_MARKS_H

#include "base.h"

/* Fields of hak_maps, hak_slot and hak_pools. */
#define MARKS_IN_MAPS
#define MARKS_IN_SLOT
#define MARKS_IN_POOLS
#define MARKS_POOLS_START
enum { MARKS_PER_UNIT = 0, MARKS_SLOT_WORDS = WORD_BITS == 64 ? 8 : 10 };

/* The address of a slot of the pools. GCC would multiply for 8 words, too. */
static inline uintptr_t marks_slot(uintptr_t slots, uintptr_t number)
{
    return WORD_BITS == 64 ? slots + (number << 6)
                           : slots + number * (MARKS_SLOT_WORDS * sizeof(hak_word));
}

/* How many blocks a page holds. */
static inline uint32_t marks_blocks(uint32_t page_bytes, uint32_t stride)
{
    return hak_port_divide(page_bytes, stride);
}

/* The start of a slot; the carving of the tags' map; the slot's page has changed. */
#define MARKS_START(slot, class)             ((void)0)
#define MARKS_CARVE(maps, range, units)      ((void)0)
#define MARKS_ADOPT(slot, class, maps, unit) ((void)0)

#endif
