/* SPDX-License-Identifier: MIT */
/*
 * The tiny build for speed: one core, one region, no map. In front of each extent, block
 * or free, lies a word, its header; so an extent ends with the header of the next one.
 *
 *      base                                                      end
 *   |h| first extent    |h| next    ...                        |h|
 *
 * An extent's address is that behind its header. Granules are counted from base on. What
 * a header says is its value less the number of the address's granule: an overwritten one is
 * found out but for one case in 2^14 (32-bit). Free extents have their length in their
 * last word but one as well, and links in the first two words:
 *
 *   |h|next|previous|       ...      |length|h
 *
 * Everything with interrupts masked, unless said otherwise.
 */
#ifndef HAK_TINY_H
#define HAK_TINY_H

#include "base.h"

/* Granules of the largest heap. */
#ifndef HAK_TINY_GRANULES
#define HAK_TINY_GRANULES 32768
#endif
_Static_assert(HAK_TINY_GRANULES >= 64 && HAK_TINY_GRANULES <= 32768,
               "HAK_TINY_GRANULES: 64 to 32768");

enum {
    TINY_HEADER_BYTES = sizeof(hak_word),
    TINY_LEAST = 2, /* granules of the smallest extent: header, links, length */
    TINY_LEAST_BYTES = 2 * HAK_HEAP_MIN,
    /* A zone: 4,096 granules, from a multiple of its size on. */
    TINY_ZONE_SHIFT = 12 + GRANULE_SHIFT,
    TINY_ZONES = (HAK_TINY_GRANULES >> 12) + 1,
    TINY_NO_BIN = 30 /* the highest is 29 */
};

/* What a header says, less the tag: the length from bit 16 on, the flags, and 14 bits that
 * are 0. They come first in memory, so that a byte too much is found out. */
enum {
    TINY_LENGTH_SHIFT = 16,
    TINY_SPAN = 1 << 15,    /* no extent is so long */
    TINY_BLOCK = 1 << 15,   /* not free */
    TINY_ALIGNED = 1 << 14, /* a block: its alignment is in its last word */
    TINY_TAG_BITS = 14
};
#define TINY_AFTER_FREE (ONE << (WORD_BITS - 1)) /* a block: the extent before it is free */

/* The free extents that begin in a zone, by length: heads of lists (0: none), and in the
 * row before, which of them there are, a bit each. Behind the last zone's is a bit for
 * TINY_NO_BIN, so that a search ends. */
typedef union tiny_row {
    hak_word lists;
    uintptr_t head[TINY_NO_BIN];
    uintptr_t place[32]; /* a row's size */
} tiny_row;

typedef struct hak_tiny {
    _Alignas(sizeof(tiny_row)) tiny_row rows[TINY_ZONES + 1];
    uintptr_t base;      /* the first extent's */
    hak_word end;        /* of the extent that would begin behind the last; 0: no heap */
    uintptr_t zone_0;    /* where the row of a zone at address 0 would be */
    size_t most;         /* a malloc of less may be tried; 0: before hak_init() */
    uintptr_t top;       /* a free extent that is in no list, the last resort; 0: none */
    unsigned top_bin;    /* its bin; TINY_NO_BIN: it is not to be thought of */
    uintptr_t corrupt;   /* 0, or the extent still to be reported */
    granule fewest_free; /* granules free, at the least, that ever were */
    granule more_free;   /* and what is free beyond that now */
    uint16_t failures;   /* calls that returned NULL for want of memory */
    uint16_t faults;     /* bad calls that were reported */
} hak_tiny;
extern hak_tiny tiny;

typedef uintptr_t tiny_ref;
typedef struct tiny_link {
    tiny_ref next, previous; /* 0: none */
} tiny_link;

static inline tiny_link *tiny_links(uintptr_t p) { return (tiny_link *)p; }
static inline hak_word *tiny_header(uintptr_t p) { return (hak_word *)p - 1; }

static inline void *tiny_address(granule g)
{
    return (void *)(tiny.base + ((uintptr_t)g << GRANULE_SHIFT));
}
/* The first extent. */
static inline granule tiny_first(hak_word end) { return (void)end, 0; }

static inline size_t tiny_free_granules(void) { return (size_t)tiny.fewest_free + tiny.more_free; }
static inline size_t tiny_fewest_free(void) { return tiny.fewest_free; }
static inline size_t tiny_metadata_bytes(void) { return GRANULE_BYTES; }
static inline void *tiny_corrupt_address(void) { return (void *)tiny.corrupt; }

/* The end of a call: unmask, and report to the hook what was wrong with it, or else
 * the overwritten memory that it found. */
void tiny_done(hak_mask state, hak_fault kind, const void *p, const void *call_site);

#endif
