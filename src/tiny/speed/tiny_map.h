/* SPDX-License-Identifier: MIT */
/*
 * Where extents begin and end, read off the map, in a few instructions whatever their
 * length. A unit that lies wholly inside an extent has no begin bit; the first and the
 * last such unit of an extent hold its length, in granules, in live. The others' live
 * words are what they happen to be.
 */
#ifndef HAK_TINY_MAP_H
#define HAK_TINY_MAP_H

#include "tiny.h"
#include "tiny_step.h"

/* Does a free extent begin at g, which is in the heap? */
TINY_STEP bool tiny_is_free_at(granule g)
{
    const tiny_unit *u = tiny_unit_of(g);
    return (intptr_t)((u->begin & ~u->live) << tiny_bit_of(g)) < 0;
}
/* The same where it is known that an extent begins. */
TINY_STEP bool tiny_begins_free(granule g)
{
    return (intptr_t)(tiny_unit_of(g)->live << tiny_bit_of(g)) >= 0;
}
/* The same of any number. */
TINY_STEP bool tiny_is_free(granule g) { return g < tiny.end && tiny_is_free_at(g); }

/* The length of the extent that begins at g. */
TINY_STEP granule tiny_length(granule g)
{
    const tiny_unit *u = tiny_unit_of(g);
    unsigned b = tiny_bit_of(g);
    hak_word rest = u->begin << b << 1;
    if (rest != 0)
        return hak_port_clz(rest) + 1;
    u++;
    return u->begin != 0 ? UNIT_GRANULES - b + hak_port_clz(u->begin) : (granule)u->live;
}

/* The extent that ends where g begins. */
TINY_STEP granule tiny_before(granule g)
{
    const tiny_unit *u = tiny_unit_of(g);
    unsigned b = tiny_bit_of(g);
    hak_word below = u->begin >> (WORD_BITS - 1 - b) >> 1;
    if (below != 0)
        return g - 1 - hak_port_ctz(below);
    u--;
    return u->begin != 0 ? g - b - 1 - hak_port_ctz(u->begin) : g - (granule)u->live;
}

/* The length of a new extent goes where tiny_length and tiny_before look for it. */
TINY_STEP void tiny_note_length(granule g, granule length)
{
    tiny_unit *first = tiny_unit_of(g) + 1, *behind = tiny_unit_of(g + length);
    if (first >= behind)
        return;
    first->live = length;
    behind[-1].live = length;
}

TINY_STEP void tiny_flip_bin(int bin)
{
    tiny_unit_of((granule)bin)->begin ^= TINY_FIRST_BIT >> tiny_bit_of((granule)bin);
}

/* An extent begins at g. A unit that lay wholly inside one may have had a length in live. */
TINY_STEP void tiny_set_begin(granule g)
{
    tiny_unit *u = tiny_unit_of(g);
    hak_word begin = u->begin;
    u->begin = begin | TINY_FIRST_BIT >> tiny_bit_of(g);
    if (begin == 0)
        u->live = 0;
}
TINY_STEP void tiny_clear_begin(granule g)
{
    tiny_unit_of(g)->begin ^= TINY_FIRST_BIT >> tiny_bit_of(g);
}
TINY_STEP void tiny_set_live(granule g)
{
    tiny_unit_of(g)->live |= TINY_FIRST_BIT >> tiny_bit_of(g);
}

/* Behind the last granule, as if a block began there. */
TINY_STEP void tiny_set_end(granule g)
{
    tiny_set_begin(g);
    tiny_set_live(g);
}

/* The first list from bin on that is not empty; 0 or more: there is none. Behind the
 * bins comes the unit of granule 0, which begins. */
TINY_STEP int tiny_next_bin(int bin)
{
    const tiny_unit *u = tiny_unit_of((granule)bin);
    hak_word rest = u->begin << tiny_bit_of((granule)bin);
    if (rest != 0)
        return bin + (int)hak_port_clz(rest);
    do {
        bin = (bin | (UNIT_GRANULES - 1)) + 1;
        u++;
    } while (u->begin == 0);
    return bin + (int)hak_port_clz(u->begin);
}

#endif
