/* SPDX-License-Identifier: MIT */
#include "region.h"
#include "bins.h"
#include "note.h"

enum {
    /* Maps for one unit of memory. */
    UNIT_MAP_BYTES =
        sizeof(hak_unit) + sizeof(hak_atomic) * (1 - UNIT_FREED_WORDS) + 1 + MARKS_PER_UNIT,
    /* The granule before the first and the one behind the last may lie in units
     * of their own; one more for rounding. */
    EXTRA_UNITS = 3
};

#if UINTPTR_MAX > 0xffffffff
#define MOST_BYTES ((uintptr_t)1 << 36)
#else
#define MOST_BYTES ((uintptr_t)1 << 31)
#endif

/* Of a region without notes. */
static const hak_atomic no_note = NOTE_NONE;

void *region_carve(hak_carving *range, size_t bytes, size_t align)
{
    uintptr_t at = align_up(range->next, align);
    range->next = at + bytes;
    return (void *)at;
}

hak_status region_trim(const void *start, size_t size, hak_carving *range)
{
    uintptr_t from = (uintptr_t)start;
    if (start == NULL)
        return HAK_ERR_NULL;
    if (size == 0)
        return HAK_ERR_ZERO;
    if (size - 1 > UINTPTR_MAX - from)
        return HAK_ERR_WRAP;
    if (size > MOST_BYTES)
        return HAK_ERR_TOO_BIG;
    /* The last byte of the address space stays out, so that no end is 0. */
    uintptr_t last = from + (size - 1);
    range->end = align_down(last == UINTPTR_MAX ? last : last + 1, GRANULE_BYTES);
    range->start = range->next = align_up(from, GRANULE_BYTES);
    return size < HAK_HEAP_MIN ? HAK_ERR_TOO_SMALL : HAK_OK;
}

/* Mark the granules on both sides of the usable ones as used, so that no merge
 * reaches beyond, and everything between as one free extent. */
static void lay_extents(hak_region *r)
{
    extent_set_begin(r, r->first - 1);
    extent_set_live(r, r->first - 1);
    extent_set_begin(r, r->end);
    extent_set_live(r, r->end);
    hak_extent all = {r->first, r->end - r->first};
    extent_set_begin(r, all.start);
    extent_note_length(r, all);
}

void region_open(hak_region *r)
{
    r->maps.span = (size_t)r->end << GRANULE_SHIFT;
    r->usable_bytes = r->maps.base + r->maps.span - r->first_address;
    bins_insert(r, (hak_extent){r->first, r->end - r->first});
}

static void clear(void *start, size_t bytes)
{
    hak_word *w = start;
    for (size_t i = 0; i < bytes / sizeof *w; i++)
        w[i] = 0;
}

/* Beside the units, or among them. */
static hak_atomic *carve_freed(hak_unit *units, hak_carving *range, size_t count)
{
    if (UNIT_FREED_WORDS != 0)
        return (hak_atomic *)&units->freed;
    return region_carve(range, count * sizeof(hak_atomic), sizeof(hak_word));
}

/* Where the maps go: touches nothing but *r and *range. The first usable address. */
static uintptr_t place_maps(hak_region *r, hak_carving *range, hak_page_plan pages)
{
    size_t left = range->end - range->next;
    size_t units = quotient(left, UNIT_BYTES + UNIT_MAP_BYTES) + EXTRA_UNITS +
                   pages.largest_bytes / UNIT_BYTES;
    unsigned bins = bins_count((granule)(left >> GRANULE_SHIFT));
    /* Without room for a page there are no lists of pages. */
    bool lists =
        pages.classes != 0 && left >= PAGE_UNITS_LEAST * UNIT_BYTES + units * UNIT_MAP_BYTES;
    /* The last head's second link lies behind it. */
    size_t records = units + (lists ? pages.classes + UNIT_FREED_WORDS : 0);
    r->maps.units = region_carve(range, records * sizeof *r->maps.units, sizeof(hak_word));
    r->maps.heads = lists ? (uint32_t)(units - 1) : 0;
    r->maps.freed = carve_freed(r->maps.units, range, units);
    r->bins.words = region_carve(range, bins_words(bins) * sizeof(hak_word), sizeof(hak_word));
    r->bins.heads = region_carve(range, bins * sizeof(granule), sizeof(granule));
    MARKS_CARVE(&r->maps, range, units);
    r->maps.kinds = region_carve(range, units, sizeof(uint64_t));
    return (uintptr_t)region_carve(range, 0, GRANULE_BYTES);
}

bool region_fits(hak_carving range, hak_page_plan pages)
{
    hak_region unused;
    if (range.next >= range.end)
        return false;
    uintptr_t usable = place_maps(&unused, &range, pages);
    return usable < range.end && range.end - usable >= GRANULE_BYTES;
}

void region_make(hak_region *r, hak_carving *range, hak_page_plan pages)
{
    uintptr_t usable = place_maps(r, range, pages);
    uintptr_t maps = (uintptr_t)r->maps.units;
    clear((void *)maps, align_down(usable - maps, sizeof(hak_word)));
    r->bins.top = 0;
    r->maps.base = align_down(usable - GRANULE_BYTES, pages.largest_bytes);
    r->maps.span = r->usable_bytes = 0;
    r->first = region_granule(r, (void *)usable);
    r->end = region_granule(r, (void *)range->end);
    r->first_address = usable;
    r->maps.notes = (hak_atomic *)&no_note;
    r->maps.window_log2 = NOTE_NO_WINDOWS;
    lay_extents(r);
}
