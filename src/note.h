/* SPDX-License-Identifier: MIT */
/*
 * Notes: out of line, what the reuse cache knows of a block that it may keep.
 * Such a block is longer than a window of the region, so at most one begins in
 * each window, and the window's note is its own:
 *
 *   bits 0-35   where it begins, in bytes from the region's base
 *   bit  36     there is no such block (NOTE_NONE)
 *   bit  37     the cache has it; otherwise a caller holds it
 *   bits 40-63  the tag of the call site that asked for it
 *
 * A note is written by whoever holds the block: its caller hands that on to one
 * free, which sets bit 37 by a compare-exchange. So of two frees one is refused.
 * For the run layer a cached block is live; bit 32 of its length says that there
 * is a note, and it is neither freed nor resized there before the note is gone.
 */
#ifndef HAK_NOTE_H
#define HAK_NOTE_H

#include "extent.h"

enum { NOTE_TAG_SHIFT = 40, NOTE_NO_WINDOWS = 63 };
#define NOTE_NONE   (ONE << 36)
#define NOTE_CACHED (ONE << 37)
#define NOTE_TAG    (~(hak_word)0 << NOTE_TAG_SHIFT)
_Static_assert(WORD_BITS == 64, "a note wants a 64-bit word");

/* A call site's tag, in place: bits 2 to 25 of its address, or what src/sites knows
 * it by. */
static inline hak_word note_tag(const void *call_site)
{
    return (uintptr_t)call_site >> 2 << NOTE_TAG_SHIFT;
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
    return ((note ^ offset) & ~NOTE_TAG) == 0;
}

/* Does a block that the cache has begin at the granule? */
static inline bool note_is_cached(const hak_region *r, granule g)
{
    uintptr_t offset = (uintptr_t)g << GRANULE_SHIFT;
    return note_is_held(word_get(note_at(&r->maps, offset)) ^ NOTE_CACHED, offset);
}

#endif
