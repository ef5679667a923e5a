/* SPDX-License-Identifier: MIT */
#include "run.h"
#include "inject.h"

/* Before hak_init: no address is in it. */
static const hak_region_table no_regions = {
    0,
    {&run.first},
    {UINTPTR_MAX, UINTPTR_MAX, UINTPTR_MAX, UINTPTR_MAX, UINTPTR_MAX, UINTPTR_MAX, UINTPTR_MAX,
     UINTPTR_MAX}};

hak_run run = {.regions = &no_regions};

/* Account for granules that leave (or, negative, join) the free extents. */
static inline void count_taken(size_t granules)
{
    run.changes++;
    run.taken_granules += granules;
    if (run.taken_granules > run.peak_granules)
        run.peak_granules = run.taken_granules;
}

static void note_corrupt(const hak_region *r, granule g)
{
    atomic_store_explicit(&run.corrupt, region_address(r, g), memory_order_relaxed);
}

/*
 * The piece [start, start + length) of the free extent x, which is first in its
 * bin, leaves the free extents; its begin bit is set. What remains is free:
 *   | before | piece | behind |
 */
static inline hak_place cut(hak_region *r, hak_extent x, granule start, granule length)
{
    hak_extent before = {x.start, start - x.start};
    hak_extent behind = {start + length, x.length - before.length - length};
    hak_extent piece = {start, length};
    if (!bins_replace_first(r, x, before.length != 0 ? before : behind))
        note_corrupt(r, x.start);
    if (behind.length != 0) {
        extent_set_begin(r, behind.start);
        if (before.length != 0)
            bins_insert(r, behind);
    }
    if (before.length != 0)
        extent_set_begin(r, start);
    if (extent_is_long(x)) {
        extent_note_length(r, x, 0);
        extent_note_length(r, before, before.length);
        extent_note_length(r, piece, piece.length);
        extent_note_length(r, behind, behind.length);
    }
    count_taken(length);
    return (hak_place){r, piece};
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

/* Two places to look: one that may be aligned by luck (a page that was given
 * back is), then one that is long enough for any alignment. */
static inline hak_extent find_aligned(const hak_region *r, granule length, granule alignment)
{
    hak_extent x = bins_find(r, length);
    if (holds_aligned(r, x, length, alignment))
        return x;
    granule ample = length + alignment - 1;
    return ample > r->end ? (hak_extent){0, 0} : bins_find(r, ample);
}

static inline hak_place take(granule length, granule alignment)
{
    const hak_region_table *table = run_regions();
    if (!inject_fails())
        for (unsigned i = 0; i < table->count; i++) {
            hak_region *r = table->region[i];
            hak_extent x = {0, 0};
            if (length <= r->end)
                x = alignment == 1 ? bins_find(r, length) : find_aligned(r, length, alignment);
            if (x.length != 0)
                return cut(r, x, alignment == 1 ? x.start : aligned_start(r, x, alignment), length);
        }
    return (hak_place){NULL, {0, 0}};
}

/* A page keeps no length: its inner units stay clear. */
hak_place run_take_page(granule length)
{
    hak_place page = take(length, length);
    if (page.region != NULL)
        extent_note_length(page.region, page.extent, 0);
    return page;
}

static hak_place take_aligned(granule length, unsigned alignment_log2)
{
    return take(length, (granule)1 << alignment_log2);
}

void *run_malloc(size_t granules, unsigned alignment_log2)
{
    /* The alignment is noted behind the block's first granule. */
    if (granules <= alignment_log2)
        granules = alignment_log2 + 1;
    if (run_too_long(granules))
        return NULL;
    hak_place place = alignment_log2 == 0 ? take((granule)granules, 1)
                                          : take_aligned((granule)granules, alignment_log2);
    if (place.region == NULL)
        return NULL;
    extent_set_live(place.region, place.extent.start);
    if (alignment_log2 != 0)
        extent_set_live(place.region, place.extent.start + alignment_log2);
    run.mallocs++;
    run.block_granules += granules;
    return region_address(place.region, place.extent.start);
}

/*
 * An extent that is off the map becomes free:
 *   | used | x | used |   it stands alone
 *   | free | x | used |   the one before grows
 *   | used | x | free |   the one behind grows downwards
 *   | free | x | free |   the one behind goes, the one before grows
 * The granules before the first and behind the last one are marked as used. A
 * neighbour whose links are overwritten is left as it is.
 */
static inline void give(hak_region *r, hak_extent x)
{
    granule before = extent_before(r, x.start), start_of_next = x.start + x.length;
    hak_extent whole = x, previous = {x.start, 0}, next = {start_of_next, 0};
    count_taken(-(size_t)x.length);
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
            note_corrupt(r, next.start);
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
        note_corrupt(r, before);
        extent_note_length(r, previous, previous.length);
        whole = (hak_extent){x.start, whole.length - previous.length};
        bins_insert(r, whole);
    } else if (next.length == 0) {
        bins_insert(r, whole);
    }
    extent_set_begin(r, whole.start);
    extent_note_length(r, whole, whole.length);
}

void run_give_page(hak_place page) { give(page.region, page.extent); }

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

/* Does a block that a caller holds begin at p? */
static inline bool is_block(const hak_region *r, const void *p)
{
    granule g = region_granule(r, p);
    hak_unit u = r->maps.units[unit_of(g)];
    return ((u.begin & u.live) >> bit_of(g) & 1) != 0 && region_kind(r, unit_of(g)) == 0 &&
           g >= r->first && (uintptr_t)p % GRANULE_BYTES == 0;
}

static hak_fault why_bad(const hak_region *r, const void *p)
{
    granule g = region_granule(r, p);
    if (g < r->first)
        return HAK_FAULT_FOREIGN;
    if ((uintptr_t)p % GRANULE_BYTES != 0)
        return HAK_FAULT_MISALIGNED;
    return why_no_block(r, g);
}

hak_fault run_block_at(const hak_region *r, const void *p, hak_place *block)
{
    if (!is_block(r, p))
        return why_bad(r, p);
    granule g = region_granule(r, p);
    block->region = (hak_region *)r;
    block->extent = (hak_extent){g, extent_length(r, g)};
    return HAK_FAULT_NONE;
}

hak_fault run_free(hak_region *r, const void *p)
{
    if (!is_block(r, p))
        return why_bad(r, p);
    granule g = region_granule(r, p);
    hak_extent x = {g, extent_length(r, g)};
    hak_unit *u = &r->maps.units[unit_of(g)];
    u->live &= ~extent_first_word(x);
    u->begin &= ~(ONE << bit_of(g));
    extent_note_length(r, x, 0);
    run.frees++;
    run.block_granules -= x.length;
    give(r, x);
    return HAK_FAULT_NONE;
}

/* The block x takes over `need` granules of the free extent behind it. */
static inline bool grow(hak_region *r, hak_extent x, granule need)
{
    granule start = x.start + x.length;
    if (!extent_is_free(r, start))
        return false;
    hak_extent room = {start, extent_length(r, start)};
    if (room.length < need)
        return false;
    hak_extent left = {start + need, room.length - need};
    if (!bins_replace(r, room, left)) {
        note_corrupt(r, start);
        return false;
    }
    extent_clear_begin(r, start);
    extent_note_length(r, room, 0);
    if (left.length != 0) {
        extent_set_begin(r, left.start);
        extent_note_length(r, left, left.length);
    }
    count_taken(need);
    return true;
}

bool run_resize(hak_place block, granule length)
{
    hak_region *r = block.region;
    hak_extent x = block.extent, resized = {x.start, length};
    if (length > x.length && !grow(r, x, length - x.length))
        return false;
    extent_note_length(r, x, 0);
    extent_note_length(r, resized, length);
    run.block_granules += (size_t)length - x.length;
    if (length < x.length)
        give(r, (hak_extent){x.start + length, x.length - length});
    return true;
}
