/* SPDX-License-Identifier: MIT */
/* What the public calls begin and end with, for speed: no call where all is well. */
#ifndef HAK_TINY_CALL_H
#define HAK_TINY_CALL_H

#include "tiny_count.h"
#include "tiny_run.h"

/* What is wrong with p, where no block begins. */
hak_fault tiny_look(const void *p);

/* The number turned, not shifted: a misaligned address is none of the heap's. */
TINY_STEP uintptr_t tiny_number_of(const void *p)
{
    uintptr_t offset = (uintptr_t)p - tiny.base;
    return offset >> GRANULE_SHIFT | offset << (WORD_BITS - GRANULE_SHIFT);
}

/* The block that begins at p; 0: none does. Then it was reported, and the mask is off. */
TINY_STEP granule tiny_block(const void *p, hak_mask state, const void *call_site)
{
    uintptr_t g = tiny_number_of(p);
    /* Of the control data's granules only the first one begins. */
    if (g < tiny.end && g != 0) {
        const tiny_unit *u = tiny_unit_of((granule)g);
        if ((intptr_t)((u->begin & u->live) << tiny_bit_of((granule)g)) < 0)
            return (granule)g;
    }
    tiny_done(state, tiny_look(p), p, call_site);
    return 0;
}

/* No live bit of the block at g stays: its own, and the one that notes its alignment.
 * Its length. */
TINY_STEP granule tiny_end_block(granule g)
{
    tiny_unit *u = tiny_unit_of(g);
    unsigned b = tiny_bit_of(g);
    hak_word from = ~(hak_word)0 >> b, rest = u->begin & from >> 1;
    if (rest != 0) {
        unsigned behind = hak_port_clz(rest);
        u->live &= ~(from - (~(hak_word)0 >> behind));
        return behind - b;
    }
    u->live &= ~from;
    u++;
    return u->begin != 0 ? UNIT_GRANULES - b + hak_port_clz(u->begin) : (granule)u->live;
}

/* The end of a call with which nothing was wrong. */
TINY_STEP void tiny_end(hak_mask state, const void *call_site)
{
    if (tiny.corrupt != 0)
        tiny_done(state, HAK_FAULT_NONE, NULL, call_site);
    else
        hak_port_unmask(state);
}

#endif
