/* SPDX-License-Identifier: MIT */
/*
 * Notes: out of line, what the reuse cache knows of a block that it may keep.
 * Such a block is longer than a window of the region, so at most one begins in
 * each window, and the window's note is its own:
 *
 *   64-bit  32-bit
 *    0-35    0-18   where it begins, in bytes from the region's base (32-bit: the lower
 *                   19 bits of that, which tell all about a place in the window)
 *   36      19      there is no such block (NOTE_NONE)
 *   37      20      the cache has it; otherwise a caller holds it
 *   40-63   21-31   the tag of the call site that asked for it
 *
 * A note is written by whoever holds the block: its caller hands that on to one
 * free, which sets NOTE_CACHED by a compare-exchange. So of two frees one is refused.
 * For the run layer a cached block is live; EXTENT_NOTED in its length says that there
 * is a note, and it is neither freed nor resized there before the note is gone.
 */
#ifndef HAK_NOTE_H
#define HAK_NOTE_H

#include "extent.h"

enum {
    NOTE_PLACE_BITS = WORD_BITS == 64 ? 36 : 19,
    NOTE_TAG_SHIFT = WORD_BITS == 64 ? 40 : 21,
    NOTE_NO_WINDOWS = WORD_BITS - 1
};
#define NOTE_NONE   (ONE << NOTE_PLACE_BITS)
#define NOTE_CACHED (NOTE_NONE << 1)
#define NOTE_TAG    (~(hak_word)0 << NOTE_TAG_SHIFT)
_Static_assert(HAK_CACHE_BASE_LOG2 - 1 <= NOTE_PLACE_BITS,
               "HAK_CACHE_BASE_LOG2: at most 20 where words have 32 bits");

/* What a note says of a block's place. */
static inline hak_word note_place(uintptr_t offset)
{
    return WORD_BITS == 64 ? offset : offset & (NOTE_NONE - 1);
}

/* A call site's tag, in place: bits 2 to 25 of its address (32-bit: 2 to 12), or what
 * src/sites knows it by. */
static inline hak_word note_tag(const void *call_site)
{
    return (uintptr_t)call_site >> 2 << NOTE_TAG_SHIFT;
}

/* The same, from bits 2 to 25 at the top of a word. */
static inline hak_word note_tag_from(hak_word call_tag)
{
    return call_tag << (NOTE_TAG_SHIFT - (WORD_BITS - 24));
}

/* The note of the window that the region's byte lies in. */
static inline hak_atomic *note_at(const hak_maps *maps, uintptr_t offset)
{
    return &maps->notes[offset >> maps->window_log2];
}

/* The length of the block with a note that begins there, and EXTENT_NOTED. If there
 * is none, any number: without the flag nothing is noted there, with it, ask the
 * note. */
static inline hak_word note_length(const hak_maps *maps, uintptr_t offset)
{
    const char *u = (const char *)maps->units + (offset >> UNIT_SHIFT) * sizeof(hak_unit);
    return live_word((const hak_unit *)(const void *)u + 1);
}

/* Is there a note of the block x? */
static inline bool note_exists(const hak_region *r, hak_extent x)
{
    return x.length >= 2 * UNIT_GRANULES &&
           (note_length(&r->maps, (uintptr_t)x.start << GRANULE_SHIFT) & EXTENT_NOTED) != 0;
}

/* Does the note say that a caller holds a block that begins there? */
static inline bool note_is_held(hak_word note, uintptr_t offset)
{
    return ((note ^ note_place(offset)) & ~NOTE_TAG) == 0;
}

/* Does a block that the cache has begin at the granule? */
static inline bool note_is_cached(const hak_region *r, granule g)
{
    uintptr_t offset = (uintptr_t)g << GRANULE_SHIFT;
    return note_is_held(word_get(note_at(&r->maps, offset)) ^ NOTE_CACHED, offset);
}

#endif
