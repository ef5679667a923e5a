/* SPDX-License-Identifier: MIT */
/* What realloc can do without moving the block. */
#ifndef HAK_TINY_RESIZE_H
#define HAK_TINY_RESIZE_H

#include "tiny_malloc.h"
#include "tiny_old.h"

#define FLAGS (TINY_BLOCK | TINY_AFTER_FREE | TINY_ALIGNED)

/* The block at p takes of the free extent behind it what is wanted. false: that is too
 * short, or no free extent. */
static bool grow(uintptr_t p, granule old, granule length)
{
    uintptr_t q = tiny_behind(p, old);
    hak_word says = tiny_says(q), more = tiny_free_length(says);
    if (more >= TINY_SPAN || old + more < length)
        return false;
    bool is_top = tiny_leave_somehow(q, (granule)more);
    tiny_cut(q, length - old, (granule)more - (length - old), is_top);
    tiny_say(p, old + tiny_length_of(tiny_says(q)), tiny_says(p) & FLAGS);
    *tiny_header(q) = 0;
    return true;
}

static void shrink(uintptr_t p, granule old, granule length)
{
    if (!tiny_is_worth(old - length, length))
        return;
    uintptr_t q = tiny_behind(p, length);
    tiny_say(p, length, tiny_says(p) & FLAGS);
    tiny_say(q, old - length, TINY_BLOCK);
    tiny_count_given(old - length);
    tiny_give(q, tiny_says(q));
}

/* Longer or shorter in place; false: there is no room behind it. */
static bool resize(uintptr_t p, granule old, granule length)
{
    if (length > old)
        return grow(p, old, length);
    shrink(p, old, length);
    return true;
}

static hak_word *note_of(uintptr_t p)
{
    return tiny_last_word(tiny_behind(p, tiny_length_of(tiny_says(p))));
}

/* Takes the mask and leaves it. size is at most PTRDIFF_MAX. */
static tiny_old tiny_resize(void *block, size_t size, const void *call_site)
{
    uintptr_t p = (uintptr_t)block;
    hak_mask state = hak_port_mask();
    tiny_old old = {0, 0, false};
    hak_word says = tiny_block(block, state, call_site);
    if (says == 0)
        return old;
    bool is_aligned = (says & TINY_ALIGNED) != 0;
    old.bytes = tiny_usable(says);
    old.alignment_log2 = is_aligned ? (unsigned)*note_of(p) : 0;
    size_t with_note =
        (size < TINY_SMALLEST ? TINY_SMALLEST : size) + (is_aligned ? sizeof(hak_word) : 0);
    old.resized = with_note - TINY_SMALLEST < tiny.most &&
                  resize(p, tiny_length_of(says), tiny_granules_for(with_note));
    if (old.resized && is_aligned)
        *note_of(p) = old.alignment_log2;
    tiny_end(state, call_site);
    return old;
}

#endif
