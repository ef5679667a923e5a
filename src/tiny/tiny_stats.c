/* SPDX-License-Identifier: MIT */
/* Blocks and the largest free extent are not counted on the way: the map has them. */
#include "tiny_cursor.h"

/* A malloc of so many granules surely finds the extent of that length: in its own bin not
 * all are looked at, unless that is the last. */
static granule floor_of_bin(granule length)
{
    unsigned zeros = hak_port_clz(length | 1u << TINY_COLUMNS_LOG2);
    unsigned shift = WORD_BITS - 1 - TINY_COLUMNS_LOG2 - zeros;
    return length >= TINY_LONG ? length : length >> shift << shift;
}

static void add_item(hak_stats *s, granule *longest, tiny_item item)
{
    s->live_blocks += item.kind == TINY_BLOCK;
    if (item.kind == TINY_FREE && item.length > *longest)
        *longest = item.length;
}

void hak_stats_get(hak_stats *stats)
{
    granule longest = 0;
    hak_port_zero(stats, sizeof *stats);
    stats->faults = tiny.faults;
    if (tiny.end == 0)
        return;
    granule first = tiny_first(tiny.end);
    hak_mask state = hak_port_mask();
    size_t usable = tiny.end - first, taken = usable - tiny.free;
    stats->metadata_bytes = TINY_HEAD_BYTES + ((size_t)first << GRANULE_SHIFT);
    stats->heap_bytes = stats->metadata_bytes + (usable << GRANULE_SHIFT);
    stats->taken_bytes = stats->live_bytes = taken << GRANULE_SHIFT;
    size_t least = tiny.free < tiny.least_free ? tiny.free : tiny.least_free;
    stats->peak_bytes = (usable - least) << GRANULE_SHIFT;
    stats->free_bytes = (size_t)tiny.free << GRANULE_SHIFT;
    stats->failures = tiny.failures;
    hak_port_unmask(state);
    for (granule g = first; g < tiny.end;) {
        state = hak_port_mask();
        tiny_item item = tiny_look_at(g);
        hak_port_unmask(state);
        add_item(stats, &longest, item);
        g += item.length;
    }
    stats->largest_free_bytes = (size_t)floor_of_bin(longest) << GRANULE_SHIFT;
}
