/* SPDX-License-Identifier: MIT */
#include "free_step.h"
#include "inject.h"
#include "note.h"
#include "page_step.h"
#include "sample.h"

/* Before hak_init: no address is in it. */
static const hak_region_table no_regions = {0,
                                            {&run.first},
                                            {UINTPTR_MAX, UINTPTR_MAX, UINTPTR_MAX, UINTPTR_MAX,
                                             UINTPTR_MAX, UINTPTR_MAX, UINTPTR_MAX, UINTPTR_MAX}};

hak_run run = {.regions = &no_regions};

void run_give_up(hak_mask state)
{
    if (HAK_PORT_ONE_CORE || HAK_PORT_PREEMPTED)
        return;
    bool found = hak_lock_give_up(&run.lock);
    hak_port_unmask(state);
    if (found)
        hak_port_fault(HAK_FAULT_STOPPED, NULL, NULL);
}

void run_note_corrupt(const hak_region *r, granule g)
{
    word_set(&run.corrupt, (uintptr_t)region_address(r, g));
}

/*
 * The piece [start, start + length) of the free extent x, which is first in its
 * bin, leaves the free extents; its begin bit is set. What remains is free:
 *   | before | piece | rest |
 */
STEP void cut(hak_region *r, hak_first x, granule start, granule length)
{
    granule before = start - x.extent.start, behind = start + length;
    granule rest = x.extent.length - before - length;
    bool whole;
    if (before != 0) {
        hak_extent left = {x.extent.start, before};
        whole = bins_replace_first(r, x, left);
        extent_set_begin(r, start);
        extent_note_length(r, left);
        if (rest != 0)
            bins_insert(r, (hak_extent){behind, rest});
    } else if (rest != 0) {
        whole = bins_replace_first(r, x, (hak_extent){behind, rest});
    } else {
        whole = bins_remove_first(r, x);
    }
    if (rest != 0) {
        extent_set_begin(r, behind);
        extent_note_length(r, (hak_extent){behind, rest});
    }
    extent_note_length(r, (hak_extent){start, length});
    run_count_taken(length);
    if (!whole)
        run_note_corrupt(r, x.extent.start);
}

/* The first place in x that is aligned to so many granules, a power of two. */
static inline granule aligned_start(const hak_region *r, granule start, granule alignment)
{
    granule phase = (granule)(r->maps.base >> GRANULE_SHIFT);
    return ((start + phase + alignment - 1) & (0 - alignment)) - phase;
}

/* A free extent that holds an aligned piece of that length; length 0: none.
 * Looks where the piece just fits, which may be aligned by luck, and then where
 * any alignment fits. */
STEP hak_first find_aligned(const hak_region *r, granule length, granule alignment)
{
    granule any = length + alignment - 1;
    hak_first x = bins_from(r, bin_of(length));
    granule skip = aligned_start(r, x.extent.start, alignment) - x.extent.start;
    if (x.extent.length == 0 || (uint64_t)length + skip <= x.extent.length)
        return x;
    x = bins_from(r, bin_above(any));
    return x.extent.length >= any || x.extent.length == 0 ? x : give_up_list(r, x.bin);
}

/* Take a piece of one region; 0: it has none. */
STEP granule take(hak_region *r, granule length)
{
    hak_first x = bins_find(r, length);
    if (x.extent.length == 0)
        return 0;
    granule start = x.extent.start;
    if (sample_from_end())
        start += x.extent.length - length;
    cut(r, x, start, length);
    return start;
}

STEP granule take_aligned(hak_region *r, granule length, granule alignment)
{
    hak_first x = find_aligned(r, length, alignment);
    if (x.extent.length == 0)
        return 0;
    granule start = aligned_start(r, x.extent.start, alignment);
    cut(r, x, start, length);
    return start;
}

/* Mark a piece as a block; its alignment is noted behind its first granule. */
STEP void *hand_out(hak_region *r, granule g, unsigned alignment_log2)
{
    hak_word live = ONE << bit_of(g);
    if (alignment_log2 != 0)
        live |= live << alignment_log2;
    hak_unit *u = &r->maps.units[unit_of(g)];
    set_live_word(u, u->live | live);
    run.mallocs++;
    return region_address(r, g);
}

/* From the regions behind the first. */
static __attribute__((noinline)) void *malloc_in_later_region(granule length)
{
    const hak_region_table *table = run_regions();
    for (unsigned i = 0; i < table->count; i++) {
        hak_region *r = table->region[i];
        granule g = r == &run.first ? 0 : take(r, length);
        if (g != 0)
            return hand_out(r, g, 0);
    }
    return NULL;
}

void *run_malloc(size_t granules)
{
    if (run_too_long(granules) || inject_fails())
        return NULL;
    granule g = take(&run.first, (granule)granules);
    return g != 0 ? hand_out(&run.first, g, 0) : malloc_in_later_region((granule)granules);
}

static __attribute__((noinline)) void *aligned_in_later_region(granule length, unsigned log2)
{
    const hak_region_table *table = run_regions();
    for (unsigned i = 0; i < table->count; i++) {
        hak_region *r = table->region[i];
        granule g = r == &run.first ? 0 : take_aligned(r, length, (granule)1 << log2);
        if (g != 0)
            return hand_out(r, g, log2);
    }
    return NULL;
}

void *run_malloc_aligned(size_t granules, unsigned alignment_log2)
{
    if (granules <= alignment_log2)
        granules = alignment_log2 + 1;
    if (run_too_long(granules + ((size_t)1 << alignment_log2)) || inject_fails())
        return NULL;
    granule g = take_aligned(&run.first, (granule)granules, (granule)1 << alignment_log2);
    return g != 0 ? hand_out(&run.first, g, alignment_log2)
                  : aligned_in_later_region((granule)granules, alignment_log2);
}

void *run_malloc_in(hak_region *r, granule granules, unsigned alignment_log2)
{
    granule g = alignment_log2 == 0 ? take(r, granules)
                                    : take_aligned(r, granules, (granule)1 << alignment_log2);
    return g != 0 ? hand_out(r, g, alignment_log2) : NULL;
}

hak_place page_in_later_region(granule length, page_origin from)
{
    const hak_region_table *table = run_regions();
    for (unsigned i = 0; i < table->count; i++) {
        hak_region *r = table->region[i];
        granule g = r == &run.first ? 0 : page_take_from(r, length, from);
        if (g != 0)
            return (hak_place){r, {g, length}};
    }
    return (hak_place){NULL, {0, 0}};
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
    bool is_free = extent_is_free(r, start) || note_is_cached(r, start);
    return is_free ? HAK_FAULT_DOUBLE_FREE : HAK_FAULT_INTERIOR;
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
    hak_word length = extent_length_word(r, g);
    if ((length & EXTENT_NOTED) != 0 && note_is_cached(r, g))
        return HAK_FAULT_DOUBLE_FREE;
    block->region = (hak_region *)r;
    block->extent = (hak_extent){g, extent_length_of(length)};
    return HAK_FAULT_NONE;
}

hak_fault run_free(hak_region *r, const void *p)
{
    return free_step(r, p) ? HAK_FAULT_NONE : why_bad(r, p);
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
    if (!bins_remove(r, room)) {
        run_note_corrupt(r, start);
        return false;
    }
    extent_clear_begin(r, start);
    if (left.length != 0) {
        bins_insert(r, left);
        extent_set_begin(r, left.start);
        extent_note_length(r, left);
    }
    run_count_taken(need);
    return true;
}

bool run_resize(hak_place block, granule length)
{
    hak_region *r = block.region;
    hak_extent x = block.extent;
    if (length > x.length && !grow(r, x, length - x.length))
        return false;
    extent_note_length(r, (hak_extent){x.start, length});
    run.resizes++;
    if (length < x.length) {
        extent_set_begin(r, x.start + length);
        run_give(r, (hak_extent){x.start + length, x.length - length});
    }
    return true;
}
