/* SPDX-License-Identifier: MIT */
/*
 * Two-level segregated bins of free extents. Lengths up to 15 granules have a
 * bin each; above, each power of two is split into 16. Finding a bin is two
 * count-trailing-zeros.  [Masmano et al., TLSF, ECRTS 2004]
 *
 * The lists run through the first granule of each free extent, which a stray
 * write of the program can reach. So a link is followed only into the region's
 * own memory and if the link back confirms it, and a list's first extent is
 * believed only if the maps, which lie out of line, say that it is free and how
 * long it is.
 */
#ifndef HAK_BINS_H
#define HAK_BINS_H

#include "extent.h"

enum { BIN_COLUMNS_LOG2 = 4, BIN_COLUMNS = 1 << BIN_COLUMNS_LOG2 };

/* The bin whose lengths include length: as if all up to 31 were in the rows of 16. */
static inline unsigned bin_of(granule length)
{
    unsigned shift = top_bit(length | BIN_COLUMNS) - BIN_COLUMNS_LOG2;
    return shift * BIN_COLUMNS + (length >> shift);
}

/* The first bin whose lengths are all at least length, which is 2 or more. */
static inline unsigned bin_above(granule length) { return bin_of(length - 1) + 1; }

/* In the first granule of a free extent. The ends of a list point to
 * themselves, so that memory cleared by a stray write is no valid link. */
typedef struct hak_link {
    granule next;
    granule previous;
} hak_link;

static inline hak_link *link_at(const hak_region *r, granule g) { return region_address(r, g); }

/* Rows for extents of up to so many granules. */
static inline unsigned bins_rows(granule longest) { return bin_of(longest) / BIN_COLUMNS + 1; }

/* A free extent that is first in its bin; length 0: there is none. */
typedef struct hak_first {
    hak_extent extent;
    unsigned bin;
} hak_first;

/* Is what a link names in the region's memory? Only then is it looked at: what is
 * read or written there is a free extent's link, or the program's own data. */
static inline bool link_in_range(const hak_region *r, granule g)
{
    return g - r->first < r->end - r->first;
}

STEP void list_set_head(hak_bins *bins, unsigned bin, granule head)
{
    unsigned row = bin / BIN_COLUMNS;
    bins->heads[bin] = head;
    if (head != 0)
        return;
    bins->rows[row] &= (uint16_t) ~(1u << bin % BIN_COLUMNS);
    if (bins->rows[row] == 0)
        bins->top &= ~(1u << row);
}

/* Put a free extent that begins there at the front of a list. */
STEP void bins_insert_in(hak_region *r, unsigned bin, granule start)
{
    hak_bins *bins = &r->bins;
    granule second = bins->heads[bin];
    hak_link *link = link_at(r, start);
    bins->heads[bin] = start;
    link->previous = start;
    if (second != 0) {
        link->next = second;
        link_at(r, second)->previous = start;
        return;
    }
    link->next = start;
    unsigned row = bin / BIN_COLUMNS;
    bins->rows[row] |= (uint16_t)(1u << bin % BIN_COLUMNS);
    bins->top |= 1u << row;
}

STEP void bins_insert(hak_region *r, hak_extent x) { bins_insert_in(r, bin_of(x.length), x.start); }

/* Do the links on both sides of x hold? */
STEP bool bins_links_hold(const hak_region *r, hak_extent x)
{
    hak_link link = *link_at(r, x.start);
    if (link.next != x.start &&
        (!link_in_range(r, link.next) || link_at(r, link.next)->previous != x.start))
        return false;
    if (link.previous == x.start)
        return r->bins.heads[bin_of(x.length)] == x.start;
    return link_in_range(r, link.previous) && link_at(r, link.previous)->next == x.start;
}

/* Take a free extent out of its list. false: its links are overwritten, it
 * stays where it is, and nothing was changed. */
STEP bool bins_remove(hak_region *r, hak_extent x)
{
    hak_link link = *link_at(r, x.start);
    bool last = link.next == x.start;
    if (!last && (!link_in_range(r, link.next) || link_at(r, link.next)->previous != x.start))
        return false;
    if (link.previous == x.start) {
        unsigned bin = bin_of(x.length);
        if (r->bins.heads[bin] != x.start)
            return false;
        list_set_head(&r->bins, bin, last ? 0 : link.next);
        link.previous = link.next;
    } else {
        if (!link_in_range(r, link.previous) || link_at(r, link.previous)->next != x.start)
            return false;
        link_at(r, link.previous)->next = last ? link.previous : link.next;
    }
    if (!last)
        link_at(r, link.next)->previous = link.previous;
    return true;
}

/* The free extent x grows to be y, which begins where x does. false as for
 * bins_remove. */
STEP bool bins_grow(hak_region *r, hak_extent x, hak_extent y)
{
    unsigned bin = bin_of(y.length);
    if (bin_of(x.length) == bin)
        return true;
    if (!bins_remove(r, x))
        return false;
    bins_insert_in(r, bin, y.start);
    return true;
}

/* The second of the list in which x is first; 0: there is none. *whole becomes
 * false if the link to it is overwritten: the rest of the list is given up. */
STEP granule second_of(const hak_region *r, granule first, bool *whole)
{
    granule second = link_at(r, first)->next;
    if (second == first)
        return 0;
    if (link_in_range(r, second) && link_at(r, second)->previous == first)
        return second;
    *whole = false;
    return 0;
}

/* The first extent of its bin leaves it. false: see second_of. */
STEP bool bins_remove_first(hak_region *r, hak_first x)
{
    bool whole = true;
    granule second = second_of(r, x.extent.start, &whole);
    list_set_head(&r->bins, x.bin, second);
    if (second != 0)
        link_at(r, second)->previous = second;
    return whole;
}

/* The first extent of its bin becomes y. false: see second_of. */
STEP bool bins_replace_first(hak_region *r, hak_first x, hak_extent y)
{
    unsigned bin = bin_of(y.length);
    if (bin != x.bin) {
        bool whole = bins_remove_first(r, x);
        bins_insert_in(r, bin, y.start);
        return whole;
    }
    if (x.extent.start == y.start)
        return true;
    bool whole = true;
    granule second = second_of(r, x.extent.start, &whole);
    hak_link *moved = link_at(r, y.start);
    moved->previous = y.start;
    moved->next = second == 0 ? y.start : second;
    if (second != 0)
        link_at(r, second)->previous = y.start;
    r->bins.heads[bin] = y.start;
    return whole;
}

/* The head is none, or too short: links that the program forged, or copied from
 * where they once were right, may confirm each other and still have led to a head
 * of another bin, or one that is no longer free. The list is given up. */
static __attribute__((noinline, cold, unused)) hak_first give_up_list(const hak_region *r,
                                                                      unsigned bin)
{
    list_set_head((hak_bins *)&r->bins, bin, 0);
    return (hak_first){{0, 0}, bin};
}

/* The first extent of a bin that has one. Its length comes from the map, so who
 * gets it from a bin above its own may compare, see give_up_list. */
STEP hak_first first_of_bin(const hak_region *r, unsigned bin)
{
    granule head = r->bins.heads[bin];
    if (!extent_is_free(r, head))
        return give_up_list(r, bin);
    return (hak_first){{head, extent_length(r, head)}, bin};
}

/* The first extent of the first bin that is not empty, from that row up; length 0:
 * there is none. */
STEP hak_first bins_from_row(const hak_region *r, unsigned row)
{
    uint32_t rows = r->bins.top & ~(uint32_t)0 << row;
    if (rows == 0)
        return (hak_first){{0, 0}, 0};
    row = hak_port_ctz(rows);
    return first_of_bin(r, row * BIN_COLUMNS + hak_port_ctz(r->bins.rows[row]));
}

/* The same, from that bin up. */
STEP hak_first bins_from(const hak_region *r, unsigned bin)
{
    unsigned row = bin / BIN_COLUMNS;
    if ((r->bins.top >> row & 1) != 0) {
        unsigned columns = (unsigned)r->bins.rows[row] >> bin % BIN_COLUMNS;
        if (columns != 0)
            return first_of_bin(r, bin + hak_port_ctz(columns));
    }
    return bins_from_row(r, row + 1);
}

/* The same for a length that is a power of two, 16 or more. */
STEP unsigned row_of_power(granule length) { return top_bit(length) - BIN_COLUMNS_LOG2 + 1; }
STEP hak_first bins_from_power(const hak_region *r, granule length)
{
    return bins_from_row(r, row_of_power(length));
}
/* What that would be if no link was ever forged: for a guess. */
STEP granule bins_guess(const hak_region *r, granule length)
{
    uint32_t rows = r->bins.top & ~(uint32_t)0 << row_of_power(length);
    if (rows == 0)
        return 0;
    unsigned row = hak_port_ctz(rows);
    return r->bins.heads[row * BIN_COLUMNS + hak_port_ctz(r->bins.rows[row])];
}

/* The first extent of length's own bin if that is long enough, else of the
 * next bin that has any: it surely is. */
STEP hak_first bins_find(const hak_region *r, granule length)
{
    unsigned bin = bin_of(length);
    hak_first x = bins_from(r, bin);
    if (x.extent.length >= length)
        return x;
    if (x.bin == bin)
        x = bins_from(r, bin + 1);
    return x.extent.length >= length || x.extent.length == 0 ? x : give_up_list(r, x.bin);
}

/* The first extent of the highest bin. */
static inline hak_first bins_longest(const hak_region *r)
{
    if (r->bins.top == 0)
        return (hak_first){{0, 0}, 0};
    unsigned row = top_bit(r->bins.top);
    return first_of_bin(r, row * BIN_COLUMNS + top_bit(r->bins.rows[row]));
}

#endif
