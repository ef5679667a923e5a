/* SPDX-License-Identifier: MIT */
/*
 * Where extents begin and end, read off the map, a unit after the other: a heap that is
 * built for size has at most HAK_TINY_GRANULES / 32 of them, 65 by default. Extents are
 * disjoint, so that is the bound for all that one call looks at, and once more.
 */
#ifndef HAK_TINY_MAP_H
#define HAK_TINY_MAP_H

#include "tiny.h"
#include "tiny_step.h"

/* Does a free extent begin at g? Of any number. */
TINY_STEP bool tiny_is_free(granule g)
{
    if (g >= tiny.end)
        return false;
    const tiny_unit *u = tiny_unit_of(g);
    return (intptr_t)((u->begin & ~u->live) << tiny_bit_of(g)) < 0;
}

/* From there to the next begin bit: the length of the extent that begins at g. */
TINY_STEP granule tiny_length(granule g)
{
    granule at = g + 1;
    const tiny_unit *u = tiny_unit_of(at);
    hak_word rest = u->begin << tiny_bit_of(at);
    for (; rest == 0; rest = u->begin) {
        at = (at | (UNIT_GRANULES - 1)) + 1;
        u++;
    }
    return at + hak_port_clz(rest) - g;
}

/* The last begin bit up to g: the start of the extent that g is in. */
TINY_STEP granule tiny_start(granule g)
{
    const tiny_unit *u = tiny_unit_of(g);
    hak_word below = u->begin >> (WORD_BITS - 1 - tiny_bit_of(g));
    for (; below == 0; below = u->begin) {
        g = (g & ~(UNIT_GRANULES - 1u)) - 1;
        u--;
    }
    return g - hak_port_ctz(below);
}

/* A bit of a granule's, or a bin's, changes. */
typedef enum tiny_bits { TINY_LIVE, TINY_BEGIN } tiny_bits;
TINY_STEP void tiny_flip(granule g, tiny_bits which)
{
    hak_word *of = (hak_word *)tiny_unit_of(g) + which;
    *of ^= TINY_FIRST_BIT >> tiny_bit_of(g);
}

static inline void tiny_flip_bin(int bin) { tiny_flip((granule)bin, TINY_BEGIN); }
static inline void tiny_set_begin(granule g) { tiny_flip(g, TINY_BEGIN); }
static inline void tiny_clear_begin(granule g) { tiny_flip(g, TINY_BEGIN); }
static inline void tiny_set_live(granule g) { tiny_flip(g, TINY_LIVE); }

/* Behind the last granule: tiny_is_free() looks no further. */
static inline void tiny_set_end(granule g) { tiny_set_begin(g); }

/* The extent that ends where g begins. */
static inline granule tiny_before(granule g) { return tiny_start(g - 1); }

/* A new extent's length: it is not noted, see above. */
static inline void tiny_note_length(granule g, granule length) { (void)g, (void)length; }

/* The first list from bin on that is not empty; 0 or more: there is none. */
static inline int tiny_next_bin(int bin) { return bin - 1 + (int)tiny_length((granule)bin - 1); }

#endif
