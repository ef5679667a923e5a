/* SPDX-License-Identifier: MIT */
/* The steps by which an extent becomes free. Lock held. */
#ifndef HAK_FREE_STEP_H
#define HAK_FREE_STEP_H

#include "run.h"

/*
 * An extent that is off the map becomes free:
 *   | used | x | used |   it stands alone
 *   | free | x | used |   the one before grows
 *   | used | x | free |   the one behind grows downwards
 *   | free | x | free |   the one behind goes, the one before grows
 * The granules before the first and behind the last one are marked as used. A
 * neighbour whose links are overwritten is left as it is.
 */
STEP void run_give(hak_region *r, hak_extent x)
{
    granule before = extent_before(r, x.start), start_of_next = x.start + x.length;
    hak_extent whole = x, previous = {x.start, 0}, next = {start_of_next, 0};
    run.taken_granules -= x.length;
    if (before != 0 && extent_is_free(r, before))
        previous = (hak_extent){before, x.start - before};
    if (extent_is_free(r, start_of_next)) {
        next.length = extent_length(r, start_of_next);
        whole.length += next.length;
        hak_extent becomes = {whole.start, previous.length != 0 ? 0 : whole.length};
        if (bins_replace(r, next, becomes)) {
            extent_clear_begin(r, next.start);
            extent_note_length(r, next, 0);
        } else {
            run_note_corrupt(r, next.start);
            next.length = 0;
            whole.length = x.length;
        }
    }
    if (previous.length != 0) {
        whole = (hak_extent){before, previous.length + whole.length};
        extent_note_length(r, previous, 0);
        if (bins_replace(r, previous, whole)) {
            extent_note_length(r, whole, whole.length);
            return;
        }
        run_note_corrupt(r, before);
        extent_note_length(r, previous, previous.length);
        whole = (hak_extent){x.start, whole.length - previous.length};
        bins_insert(r, whole);
    } else if (next.length == 0) {
        bins_insert(r, whole);
    }
    extent_set_begin(r, whole.start);
    extent_note_length(r, whole, whole.length);
}

/* Does a block that a caller holds begin at p? */
static inline bool is_block(const hak_region *r, const void *p)
{
    granule g = region_granule(r, p);
    return extent_is_live(r, g) && g >= r->first && (uintptr_t)p % GRANULE_BYTES == 0;
}

/* Free the block x, which is live; a note of it is gone. */
STEP void free_block(hak_region *r, hak_extent x)
{
    hak_unit *u = &r->maps.units[unit_of(x.start)];
    set_live_word(u, u->live & ~extent_first_word(x));
    u->begin &= ~(ONE << bit_of(x.start));
    extent_note_length(r, x, 0);
    run.frees++;
    run_give(r, x);
}

/* Free the block that begins at p; false: none does, or the reuse cache has a note
 * of it, and nothing was done. */
STEP bool free_step(hak_region *r, const void *p)
{
    if (!is_block(r, p))
        return false;
    granule g = region_granule(r, p);
    hak_word length = extent_length_word(r, g);
    if ((length & EXTENT_NOTED) != 0)
        return false;
    free_block(r, (hak_extent){g, (granule)length});
    return true;
}

#endif
