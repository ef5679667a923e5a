/* SPDX-License-Identifier: MIT */
#include "run.h"
#include "inject.h"

hak_run run;

hak_region *run_region_of(const void *p)
{
    const hak_region_table *table = run_regions();
    return table == NULL ? NULL : region_search(table, (uintptr_t)p);
}

/* Account for granules that leave (or, negative, join) the free extents. */
static inline void count_taken(size_t granules)
{
    run.changes++;
    run.taken_granules += granules;
    if (run.taken_granules > run.peak_granules)
        run.peak_granules = run.taken_granules;
}

static inline void note_corrupt(const hak_region *r, granule g) { run.corrupt = region_address(r, g); }

/* Put a free extent on the map and in its bin. Length 0: nothing to do. */
static inline void add_free(hak_region *r, granule start, granule length)
{
    if (length == 0)
        return;
    hak_extent x = {start, length};
    extent_mark(r, x, false);
    bins_insert(r, x);
}

/* The piece [start, start + length) of the free extent `whole`, which is first
 * in its bin, leaves the free extents; what remains on either side returns. */
static hak_place cut(hak_region *r, hak_extent whole, granule start, granule length)
{
    if (!bins_remove_first(r, whole))
        note_corrupt(r, whole.start);
    extent_erase(r, whole);
    granule before = start - whole.start;
    add_free(r, whole.start, before);
    add_free(r, start + length, whole.length - before - length);
    count_taken(length);
    return (hak_place){r, {start, length}};
}

hak_place run_take(granule length)
{
    const hak_region_table *table = run_regions();
    if (!inject_fails())
        for (unsigned i = 0; i < table->count; i++) {
            hak_region *r = table->region[i];
            hak_extent x = length > r->end ? (hak_extent){0, 0} : bins_find(r, length);
            if (x.length != 0)
                return cut(r, x, x.start, length);
        }
    return (hak_place){NULL, {0, 0}};
}

/* The first aligned place in x. Beyond x's end if there is none. */
static inline granule aligned_start(const hak_region *r, hak_extent x, granule alignment)
{
    granule phase = (granule)(r->maps.base >> GRANULE_SHIFT);
    return ((x.start + phase + alignment - 1) & ~(alignment - 1)) - phase;
}

static inline bool holds_aligned(const hak_region *r, hak_extent x, granule length, granule alignment)
{
    granule skip = aligned_start(r, x, alignment) - x.start;
    return x.length >= length && skip <= x.length - length;
}

/* Three places to look: two that may be aligned by luck (a page that was given
 * back is), then one that is long enough for any alignment. */
static hak_extent find_aligned(const hak_region *r, granule length, granule alignment)
{
    hak_extent x = bins_peek(r, length);
    if (holds_aligned(r, x, length, alignment))
        return x;
    x = bins_find(r, length);
    if (holds_aligned(r, x, length, alignment))
        return x;
    granule ample = length + alignment - 1;
    return ample > r->end ? (hak_extent){0, 0} : bins_find(r, ample);
}

hak_place run_take_aligned(granule length, granule alignment)
{
    const hak_region_table *table = run_regions();
    if (!inject_fails())
        for (unsigned i = 0; i < table->count; i++) {
            hak_region *r = table->region[i];
            hak_extent x = length > r->end ? (hak_extent){0, 0} : find_aligned(r, length, alignment);
            if (x.length != 0)
                return cut(r, x, aligned_start(r, x, alignment), length);
        }
    return (hak_place){NULL, {0, 0}};
}

/* Take a free extent out of bins and map. false: its links are overwritten,
 * and it stays as it is. */
static inline bool absorb(hak_region *r, hak_extent x)
{
    if (!bins_remove(r, x)) {
        note_corrupt(r, x.start);
        return false;
    }
    extent_erase(r, x);
    return true;
}

/*
 *   | free | given | free |   both neighbours merge
 *   | free | given | used |   the one before
 *   | used | given | free |   the one behind
 *   | used | given | used |   none
 * The granules before the first and behind the last one are marked as used.
 */
void run_give(hak_place place)
{
    hak_region *r = place.region;
    hak_extent x = place.extent;
    granule behind = x.start + x.length;
    granule before = extent_before(r, x.start);

    count_taken(-(size_t)x.length);
    if (extent_is_free(r, behind)) {
        hak_extent next = {behind, extent_length(r, behind)};
        if (absorb(r, next))
            x.length += next.length;
    }
    if (before != 0 && extent_is_free(r, before)) {
        hak_extent previous = {before, place.extent.start - before};
        if (absorb(r, previous)) {
            x.start = before;
            x.length += previous.length;
        }
    }
    add_free(r, x.start, x.length);
}

bool run_resize(hak_place block, granule length)
{
    hak_region *r = block.region;
    hak_extent x = block.extent;
    granule behind = x.start + x.length;

    if (length > x.length) {
        granule need = length - x.length;
        if (!extent_is_free(r, behind))
            return false;
        hak_extent room = {behind, extent_length(r, behind)};
        if (room.length < need || !absorb(r, room))
            return false;
        add_free(r, x.start + length, room.length - need);
    }
    extent_note_length(r, x, 0);
    hak_extent resized = {x.start, length};
    extent_mark(r, resized, true);
    run.block_granules += (size_t)length - x.length;
    if (length < x.length)
        run_give((hak_place){r, {x.start + length, x.length - length}});
    else
        count_taken((size_t)length - x.length);
    return true;
}

void run_block_mark(hak_place place, unsigned alignment_log2)
{
    hak_region *r = place.region;
    extent_mark(r, place.extent, true);
    run.blocks++;
    run.block_granules += place.extent.length;
    if (alignment_log2 != 0) {
        r->maps.units[unit_of(place.extent.start)].live |= ONE << (bit_of(place.extent.start) + alignment_log2);
    }
}

void run_block_free(hak_place block)
{
    extent_erase_live(block.region, block.extent);
    run.blocks--;
    run.block_granules -= block.extent.length;
    run_give(block);
}

/* No block begins at g: is it free memory or inside a block? Looks back over a
 * bounded number of units. */
static hak_fault why_no_block(const hak_region *r, granule g)
{
    enum { MOST_UNITS = 64 };
    uint32_t u = unit_of(g);
    hak_word below = begin_bits(r, u) & ((ONE << bit_of(g) << 1) - 1);
    for (unsigned i = 0; below == 0 && i < MOST_UNITS; i++)
        below = begin_bits(r, --u);
    if (below == 0)
        return HAK_FAULT_NOT_A_BLOCK;
    granule start = (u << UNIT_GRANULES_SHIFT) + top_bit(below);
    return extent_is_free(r, start) ? HAK_FAULT_DOUBLE_FREE : HAK_FAULT_INTERIOR;
}

hak_fault run_block_at(hak_region *r, const void *p, hak_place *block)
{
    granule g = region_granule(r, p);
    if (g < r->first)
        return HAK_FAULT_FOREIGN;
    if ((uintptr_t)p % GRANULE_BYTES != 0)
        return HAK_FAULT_MISALIGNED;
    if (!extent_begins(r, g) || extent_is_free(r, g))
        return why_no_block(r, g);
    block->region = r;
    block->extent = (hak_extent){g, extent_length(r, g)};
    return HAK_FAULT_NONE;
}
