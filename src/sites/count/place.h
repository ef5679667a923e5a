/* SPDX-License-Identifier: MIT */
/* What is kept of each site: its address, and its account. */
#ifndef HAK_PLACE_H
#define HAK_PLACE_H

#include "base.h"

/*
 * The account moves by one addition at malloc and one at free. In words of 64 bits:
 *   bits 0-35    room: the peak less what is live, in bytes. A malloc that finds
 *                too little of it (bit 35) has made a new peak
 *   bits 36-63   frees. They only fall out at the top, so no fast path looks at
 *                them: slow paths carry bit 63 off
 * In words of 32 bits all of it is room, and frees are counted in a word of their own.
 * Equations, at rest: live bytes = peak - room; frees = carries x 2^27 + bits 36-63.
 *
 * In the second half of the table, at HAK_SITES + i, lies the peak of site i. A tag
 * that the program has overwritten may be any byte, and no free asks for less: the
 * accounts there take what is freed under tags that none can have. So the live
 * bytes of all sites are the sum of peak - room, less the rooms there.
 */
enum { PLACES = 2 * HAK_SITES, PLACE_LOG2 = 4, PLACE_FREES = WORD_BITS == 64 ? 0 : 2 };
enum { PLACE_ROOM_BITS = WORD_BITS == 64 ? 36 : 32 };
__extension__ typedef struct hak_place_of_site {
    hak_atomic account;
    hak_atomic address;            /* 0, or a call site for good; second half: peak, in bytes */
    hak_atomic frees[PLACE_FREES]; /* the first; the second fills up */
} hak_place_of_site;
_Static_assert(sizeof(hak_place_of_site) == 1 << PLACE_LOG2, "its address is one shift away");

/* What a free of so many bytes adds to the account. A slot of the pools keeps that of its
 * blocks, where it is not the stride. */
enum { PLACE_CHARGES = WORD_BITS == 64 };
static inline hak_word place_charge(size_t size_bytes)
{
    return (hak_word)PLACE_CHARGES << PLACE_ROOM_BITS % WORD_BITS | size_bytes;
}

#endif
