/* SPDX-License-Identifier: MIT */
/* Blocks and the largest free extent are not counted on the way: a walk finds them. */
#include "tiny_cursor.h"

/* A malloc of so many granules surely finds the extent of that length: in its own bin not
 * all are looked at, unless that is the last. */
static granule floor_of_bin(granule length)
{
    unsigned zeros = hak_port_clz(length | 1u << TINY_COLUMNS_LOG2);
    unsigned shift = WORD_BITS - 1 - TINY_COLUMNS_LOG2 - zeros;
    return length >= TINY_LONG ? length : length >> shift << shift;
}

static size_t bytes_of(granule length)
{
    return length == 0 ? 0 : ((size_t)length << GRANULE_SHIFT) - TINY_HEADER_BYTES;
}

static void add_item(hak_stats *s, granule *longest, tiny_item item)
{
    s->live_blocks += item.kind == TINY_HELD;
    s->live_bytes += item.kind == TINY_HELD ? item.bytes : 0;
    s->free_bytes += item.kind == TINY_FREE_EXTENT ? item.bytes : 0;
    if (item.kind == TINY_FREE_EXTENT && item.length > *longest)
        *longest = item.length;
}

/* What is neither live nor free is control data, headers of blocks among it. If the heap
 * changed during the walk, these figures are of several moments. */
void hak_stats_get(hak_stats *stats)
{
    granule longest = 0;
    hak_port_zero(stats, sizeof *stats);
    stats->faults = tiny.faults;
    if (tiny.end == 0)
        return;
    hak_mask state = hak_port_mask();
    granule first = tiny_first(tiny.end);
    size_t usable = tiny.end - first;
    stats->heap_bytes = tiny_metadata_bytes() + (usable << GRANULE_SHIFT);
    stats->peak_bytes = (usable - tiny_fewest_free()) << GRANULE_SHIFT;
    stats->failures = tiny.failures;
    hak_port_unmask(state);
    for (granule g = first; g < tiny.end;) {
        state = hak_port_mask();
        tiny_item item = tiny_look_at(g);
        hak_port_unmask(state);
        add_item(stats, &longest, item);
        g += item.length;
    }
    stats->taken_bytes = stats->live_bytes;
    stats->metadata_bytes = stats->heap_bytes - stats->live_bytes - stats->free_bytes;
    stats->largest_free_bytes = bytes_of(floor_of_bin(longest));
}
