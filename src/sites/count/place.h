/* SPDX-License-Identifier: MIT */
/* What is kept of each site: its address, and its account. */
#ifndef HAK_PLACE_H
#define HAK_PLACE_H

#include "base.h"

/*
 * The account moves by one atomic addition at malloc and one at free:
 *   bits 0-37    room: the peak less what is live, in bytes. A malloc that finds
 *                too little of it (bit 37) has made a new peak
 *   bits 38-63   frees. A malloc that finds bit 63 set carries it off, long
 *                before they can overflow
 * Equations, at rest: live bytes = peak - room; frees = carries x 2^25 + bits 38-63.
 */
typedef struct hak_place_of_site {
    hak_atomic account;
    hak_atomic address; /* 0, or a call site for good */
    hak_atomic peak;    /* bytes */
    _Atomic(uint32_t) carries;
    _Atomic(uint32_t) failures; /* calls that returned NULL */
} hak_place_of_site;
_Static_assert(WORD_BITS == 64, "an account wants a 64-bit word");
_Static_assert(sizeof(hak_place_of_site) == 32, "a power of two: its address is one shift away");

#endif
