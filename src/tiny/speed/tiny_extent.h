/* SPDX-License-Identifier: MIT */
/* Headers: what is at an address. */
#ifndef HAK_TINY_EXTENT_H
#define HAK_TINY_EXTENT_H

#include "tiny.h"
#include "tiny_step.h"

TINY_STEP hak_word tiny_turn(hak_word x, unsigned bits)
{
    return x >> bits | x << (WORD_BITS - bits);
}
TINY_STEP hak_word tiny_tag(uintptr_t p) { return (hak_word)p >> GRANULE_SHIFT; }
TINY_STEP hak_word tiny_says(uintptr_t p) { return *tiny_header(p) - tiny_tag(p); }
TINY_STEP void tiny_say(uintptr_t p, granule length, hak_word flags)
{
    *tiny_header(p) = tiny_tag(p) + ((hak_word)length << TINY_LENGTH_SHIFT) + flags;
}
TINY_STEP uintptr_t tiny_behind(uintptr_t p, granule length)
{
    return p + ((uintptr_t)length << GRANULE_SHIFT);
}

/* The granule at p; if p is misaligned or outside, more than tiny.end. The number turned,
 * not shifted. */
TINY_STEP hak_word tiny_number_of(uintptr_t p) { return tiny_turn(p - tiny.base, GRANULE_SHIFT); }
TINY_STEP bool tiny_may_be(uintptr_t p) { return tiny_number_of(p) < tiny.end; }

/* With words of 64 bits, those between the length and the last one are 0, too. */
TINY_STEP bool tiny_is_short(hak_word says)
{
    return WORD_BITS == 32 || (says & ~TINY_AFTER_FREE) < ONE << 31;
}

/* The length that a free extent's header says; of anything else TINY_SPAN or more. */
TINY_STEP hak_word tiny_free_length(hak_word says) { return tiny_turn(says, TINY_LENGTH_SHIFT); }
/* Is it a block that has no alignment? */
TINY_STEP bool tiny_is_plain(hak_word says)
{
    return says << (WORD_BITS - TINY_LENGTH_SHIFT) == ONE << (WORD_BITS - 1) && tiny_is_short(says);
}

/* Where a header may be: does it say block, or free? And is the extent before it a block? */
TINY_STEP bool tiny_is_any(hak_word says)
{
    return says << (WORD_BITS - TINY_TAG_BITS) == 0 && tiny_is_short(says);
}
TINY_STEP bool tiny_is_after_block(hak_word says)
{
    return tiny_turn(says, WORD_BITS - 1) << (WORD_BITS - TINY_TAG_BITS - 1) == 0 &&
           tiny_is_short(says);
}
TINY_STEP granule tiny_length_of(hak_word says)
{
    return (granule)(says >> TINY_LENGTH_SHIFT) & (TINY_SPAN - 1);
}

/* Does a free extent begin at p, any number? */
TINY_STEP bool tiny_is_free_at(uintptr_t p)
{
    return tiny_may_be(p) && tiny_free_length(tiny_says(p)) < TINY_SPAN;
}

/* Of a free extent, its length at its end. */
TINY_STEP hak_word *tiny_last_word(uintptr_t behind) { return (hak_word *)behind - 2; }
TINY_STEP void tiny_say_free(uintptr_t p, granule length)
{
    tiny_say(p, length, 0);
    *tiny_last_word(tiny_behind(p, length)) = length;
}

/* The bytes of a block that are its caller's. */
TINY_STEP size_t tiny_usable(hak_word says)
{
    return ((size_t)tiny_length_of(says) << GRANULE_SHIFT) - TINY_HEADER_BYTES -
           ((says & TINY_ALIGNED) != 0 ? sizeof(hak_word) : 0);
}

#endif
