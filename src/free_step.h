/* SPDX-License-Identifier: MIT */
/* The steps by which an extent becomes free. Lock held. */
#ifndef HAK_FREE_STEP_H
#define HAK_FREE_STEP_H

#include "run.h"

/*
 * The extent x, which begins on the map and is in no bin, becomes free:
 *   | used | x | used |   it stands alone
 *   | free | x | used |   the one before grows
 *   | used | x | free |   the one behind goes
 *   | free | x | free |   the one behind goes, the one before grows
 * The granules before the first and behind the last one are marked as used. A
 * neighbour whose links are overwritten is left as it is.
 */
STEP void run_give(hak_region *r, hak_extent x)
{
    granule before = extent_before(r, x.start), behind = x.start + x.length;
    run.taken_granules -= x.length;
    if (extent_is_free(r, behind)) {
        granule length = extent_length(r, behind);
        if (bins_remove(r, (hak_extent){behind, length})) {
            extent_clear_begin(r, behind);
            x.length += length;
        } else {
            run_note_corrupt(r, behind);
        }
    }
    if (extent_is_free(r, before)) {
        granule length = x.start - before;
        if (bins_grow(r, (hak_extent){before, length}, (hak_extent){before, length + x.length})) {
            extent_clear_begin(r, x.start);
            extent_note_length(r, (hak_extent){before, length + x.length});
            return;
        }
        run_note_corrupt(r, before);
    }
    bins_insert(r, x);
    extent_note_length(r, x);
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
    free_block(r, (hak_extent){g, extent_length_of(length)});
    return true;
}

#endif
