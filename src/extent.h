/* SPDX-License-Identifier: MIT */
/*
 * Where extents begin and end, read off the maps. All with the run lock held.
 * An extent is a run of granules that is free, or one block, or one page.
 */
#ifndef HAK_EXTENT_H
#define HAK_EXTENT_H

#include "region.h"

typedef struct hak_extent {
    granule start;
    granule length; /* in granules */
} hak_extent;

static inline uint32_t unit_of(granule g) { return g >> UNIT_GRANULES_SHIFT; }
static inline unsigned bit_of(granule g) { return g & (UNIT_GRANULES - 1); }

static inline hak_word begin_bits(const hak_region *r, uint32_t unit)
{
    return r->maps.units[unit].begin;
}
static inline hak_word live_bits(const hak_region *r, uint32_t unit)
{
    return r->maps.units[unit].live;
}

/* A live word that may be written without the lock: a length, see note.h. */
static inline hak_word live_word(const hak_unit *u)
{
    return word_get((const hak_atomic *)&u->live);
}

/* Does an extent that is no page begin at g? */
static inline bool extent_begins(const hak_region *r, granule g)
{
    return (begin_bits(r, unit_of(g)) >> bit_of(g)) & 1;
}

/* Does a free extent begin at g? */
static inline bool extent_is_free(const hak_region *r, granule g)
{
    hak_unit u = r->maps.units[unit_of(g)];
    return ((u.begin & ~u.live) >> bit_of(g)) & 1;
}

/* Does a block that a caller holds begin at g? */
static inline bool extent_is_live(const hak_region *r, granule g)
{
    hak_unit u = r->maps.units[unit_of(g)];
    return ((u.begin & u.live) >> bit_of(g)) & 1;
}

/* In the first length of a long block: the reuse cache has a note of it. In that of a
 * free extent: the port knows that it is free. */
#define EXTENT_NOTED    (ONE << (WORD_BITS == 64 ? 32 : 30))
#define EXTENT_RELEASED (EXTENT_NOTED << 1)

/* The length without them: less than 2^30 granules where words have 32 bits. */
static inline granule extent_length_of(hak_word length)
{
    return (granule)(length & (EXTENT_NOTED - 1));
}

/* The length of the extent, no page, that begins at g, and such a flag. */
static inline hak_word extent_length_word(const hak_region *r, granule g)
{
    const hak_unit *u = &r->maps.units[unit_of(g)];
    hak_word rest = u->begin >> bit_of(g) >> 1;
    if (rest != 0)
        return hak_port_ctz(rest) + 1;
    u++;
    if (u->begin != 0)
        return UNIT_GRANULES - bit_of(g) + hak_port_ctz(u->begin);
    return live_word(u);
}
static inline granule extent_length(const hak_region *r, granule g)
{
    return extent_length_of(extent_length_word(r, g));
}

/* The start of the extent, or page, that ends where g begins. */
static inline granule extent_before(const hak_region *r, granule g)
{
    uint32_t u = unit_of(g);
    hak_word below = begin_bits(r, u) & ((ONE << bit_of(g)) - 1);
    if (below == 0)
        below = begin_bits(r, --u);
    return below != 0 ? (u << UNIT_GRANULES_SHIFT) + top_bit(below)
                      : g - extent_length_of(live_word(&r->maps.units[u]));
}

/* Live words are written with the lock held, but read without by a free that
 * comes back to a page's state when the page may be gone: any value is survived
 * there, and the store is atomic. */
static inline void set_live_word(hak_unit *u, hak_word value)
{
    word_set((hak_atomic *)&u->live, value);
}

/* Does some unit lie wholly inside the extent? */
static inline bool extent_is_long(hak_extent x)
{
    return unit_of(x.start) + 1 < unit_of(x.start + x.length);
}

/* The length of a new extent, written into the first and the last unit that lie
 * wholly inside it, if there are any. */
static inline void extent_note_length(hak_region *r, hak_extent x)
{
    hak_unit *first = &r->maps.units[unit_of(x.start) + 1];
    hak_unit *behind = &r->maps.units[unit_of(x.start + x.length)];
    if (first >= behind)
        return;
    set_live_word(first, x.length);
    set_live_word(behind - 1, x.length);
}

/* An extent begins, or no longer begins, at g. A unit that lay wholly inside an
 * extent until now may have had a length in `live`. */
static inline void extent_set_begin(hak_region *r, granule g)
{
    hak_unit *u = &r->maps.units[unit_of(g)];
    hak_word begin = u->begin;
    u->begin = begin | ONE << bit_of(g);
    if (begin == 0)
        set_live_word(u, 0);
}
static inline void extent_set_begin_at_unit(hak_region *r, uint32_t unit)
{
    extent_set_begin(r, unit << UNIT_GRANULES_SHIFT);
}
static inline void extent_clear_begin(hak_region *r, granule g)
{
    r->maps.units[unit_of(g)].begin &= ~(ONE << bit_of(g));
}
static inline void extent_set_live(hak_region *r, granule g)
{
    hak_unit *u = &r->maps.units[unit_of(g)];
    set_live_word(u, u->live | ONE << bit_of(g));
}

/* The live bits of the block at x in its first unit: its own and the one that
 * notes its alignment. */
static inline hak_word extent_first_word(hak_extent x)
{
    unsigned b = bit_of(x.start);
    hak_word ones = x.length >= WORD_BITS ? ~(hak_word)0 : (ONE << x.length) - 1;
    return ones << b;
}

/* log2 of the alignment, in granules, that the block at x was asked for with. */
static inline unsigned extent_alignment(const hak_region *r, hak_extent x)
{
    hak_word noted =
        live_bits(r, unit_of(x.start)) & extent_first_word(x) & ~(ONE << bit_of(x.start));
    return noted == 0 ? 0 : hak_port_ctz(noted) - bit_of(x.start);
}

#endif
