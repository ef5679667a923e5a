/* SPDX-License-Identifier: MIT */
/*
 * The tiny build for size: one core, one region of at most 64 Ki granules, no pages, no cache,
 * no learner. It has the public calls of hak.h and its promises; docs/design.md, "The
 * tiny build", tells what differs. Everything with interrupts masked, unless said
 * otherwise.
 *
 *   start    base                                        end
 *   |heads   |bins  |map          |  extents ...         |
 *
 * Granules are counted from base on, and so those of the control data have numbers too;
 * no extent begins there. A unit is the map of 32 granules, 64 on 64-bit targets, and
 * one granule large. The bins' units are the map of bins, not of granules: a bin is a
 * number from -HAK_TINY_BINS to -1, and a begin bit says that its list is not empty.
 */
#ifndef HAK_TINY_H
#define HAK_TINY_H

#include "base.h"

/* Granules of the largest heap. An index has 16 bits. */
#ifndef HAK_TINY_GRANULES
#define HAK_TINY_GRANULES 2048
#endif
/* Lists of free extents by length; the last has all that are longer (tiny_bins.h). */
#ifndef HAK_TINY_BINS
#define HAK_TINY_BINS 64
#endif
_Static_assert(HAK_TINY_GRANULES >= 64 && HAK_TINY_GRANULES <= 65535,
               "HAK_TINY_GRANULES: 64 to 65535");
_Static_assert(HAK_TINY_BINS >= 32 && HAK_TINY_BINS <= 256 && HAK_TINY_BINS % 32 == 0,
               "HAK_TINY_BINS: a multiple of 32, at most 256");

/*
 * The highest bit is that of the first granule. For a unit's granules:
 *   begin 1, live 0: a free extent begins here
 *   begin 1, live 1: a block that a caller holds begins here; also granule 0, and the
 *                    one behind the last, so that no merge and no search passes them
 *   begin 0, live 1: the (j)th granule after a block's start: the block was asked for
 *                    with an alignment of 2^j granules
 */
typedef struct tiny_unit {
    hak_word live;
    hak_word begin;
} tiny_unit;
_Static_assert(sizeof(tiny_unit) == GRANULE_BYTES, "the map of a unit is a granule");

typedef struct hak_tiny {
    uintptr_t base;      /* address of granule 0 */
    uint16_t end;        /* the granule behind the last; 0: before hak_init() */
    uint16_t corrupt;    /* 0, or the extent with an overwritten link still to be reported */
    uint16_t free;       /* granules in free extents */
    uint16_t least_free; /* the fewest that ever were */
    uint16_t failures;   /* calls that returned NULL for want of memory */
    uint16_t faults;     /* bad calls that were reported */
} hak_tiny;
extern hak_tiny tiny;

enum {
    TINY_HEAD_BYTES = HAK_TINY_BINS * 2, /* in front of base */
    TINY_BIN_UNITS = (HAK_TINY_BINS + WORD_BITS - 1) / WORD_BITS,
    /* So that the alignment of a block finds its place in the unit: tiny_aligned.c. */
    TINY_BASE_ALIGN = 8 * GRANULE_BYTES,
    /* The smallest heap, wherever it starts. */
    TINY_LEAST_BYTES = (HAK_TINY_BINS > 64 ? 2 : 1) * HAK_HEAP_MIN
};
_Static_assert(TINY_HEAD_BYTES % TINY_BASE_ALIGN == 0, "so is base");

#define TINY_FIRST_BIT (ONE << (WORD_BITS - 1))

/* The unit of a granule, or of a bin. */
static inline tiny_unit *tiny_unit_of(granule g)
{
    return (tiny_unit *)tiny.base + TINY_BIN_UNITS + ((int32_t)g >> UNIT_GRANULES_SHIFT);
}
static inline unsigned tiny_bit_of(granule g) { return g & (UNIT_GRANULES - 1); }

static inline void *tiny_address(granule g)
{
    return (void *)(tiny.base + ((uintptr_t)g << GRANULE_SHIFT));
}

enum { TINY_HEADER_BYTES = 0, TINY_LEAST = 1 }; /* in front of a block; its least granules */
/* The fewest that ever were free, and what is. */
static inline size_t tiny_free_granules(void) { return tiny.free; }
static inline size_t tiny_fewest_free(void)
{
    return tiny.free < tiny.least_free ? tiny.free : tiny.least_free;
}
static inline void *tiny_corrupt_address(void) { return tiny_address(tiny.corrupt); }

/* The first granule behind the control data of a heap with that end. */
static inline granule tiny_first(granule end)
{
    return TINY_BIN_UNITS + 1u + (end >> UNIT_GRANULES_SHIFT);
}

static inline size_t tiny_metadata_bytes(void)
{
    return TINY_HEAD_BYTES + ((size_t)tiny_first(tiny.end) << GRANULE_SHIFT);
}

/* In the first granule of a free extent. The last one's next is itself, the first one's
 * previous 0, so that memory cleared by a stray write is no valid link. */
typedef uint16_t tiny_ref;
typedef struct tiny_link {
    tiny_ref next, previous;
} tiny_link;

static inline tiny_link *tiny_link_at(granule g) { return tiny_address(g); }

/* The first extent of a bin; 0: none. */
static inline uint16_t *tiny_head(int bin) { return (uint16_t *)tiny.base + bin; }

/* The end of a call: unmask, and report to the hook what was wrong with it, or else
 * the overwritten link that it found. */
void tiny_done(hak_mask state, hak_fault kind, const void *p, const void *call_site);

#endif
