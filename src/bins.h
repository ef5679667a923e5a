/* SPDX-License-Identifier: MIT */
/*
 * Two-level segregated bins of free extents. Lengths up to 15 granules have a
 * bin each; above, each power of two is split into 16. Finding a bin is two
 * count-trailing-zeros.  [Masmano et al., TLSF, ECRTS 2004]
 *
 * The lists run through the first granule of each free extent, which a stray
 * write of the program can reach. So a link is followed only after the maps,
 * which lie out of line, and the link back confirm it.
 */
#ifndef HAK_BINS_H
#define HAK_BINS_H

#include "extent.h"

enum { BIN_COLUMNS = 16 };

/* The bin whose lengths include length. */
static inline unsigned bin_of(granule length)
{
    if (length < BIN_COLUMNS)
        return length;
    unsigned log2 = top_bit(length);
    return (log2 - 4) * BIN_COLUMNS + (length >> (log2 - 4));
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

/* May the link at g be read: does a free extent begin there? */
static inline bool link_readable(const hak_region *r, granule g)
{
    return g < r->end && extent_is_free(r, g);
}

STEP void list_set_head(hak_bins *bins, unsigned bin, granule head)
{
    unsigned row = bin / BIN_COLUMNS;
    uint16_t bit = (uint16_t)(1u << bin % BIN_COLUMNS);
    bins->heads[bin] = head;
    if (head != 0)
        return;
    bins->rows[row] &= (uint16_t)~bit;
    if (bins->rows[row] == 0)
        bins->top &= ~(1u << row);
}

/* Put a free extent (already on the map) at the front of its list. A head that
 * forged links left behind is not written to: see first_of_bin. */
STEP void bins_insert(hak_region *r, hak_extent x)
{
    hak_bins *bins = &r->bins;
    unsigned bin = bin_of(x.length), row = bin / BIN_COLUMNS;
    granule second = bins->heads[bin];
    hak_link *link = link_at(r, x.start);
    link->previous = x.start;
    link->next = x.start;
    bins->heads[bin] = x.start;
    if (second != 0 && link_readable(r, second)) {
        link->next = second;
        link_at(r, second)->previous = x.start;
        return;
    }
    bins->rows[row] |= (uint16_t)(1u << bin % BIN_COLUMNS);
    bins->top |= 1u << row;
}

/* Do the links on both sides of x hold? Reads nothing that the maps do not
 * confirm to be a free extent. */
STEP bool bins_links_hold(const hak_region *r, hak_extent x)
{
    hak_link link = *link_at(r, x.start);
    if (link.next != x.start &&
        (!link_readable(r, link.next) || link_at(r, link.next)->previous != x.start))
        return false;
    if (link.previous == x.start)
        return r->bins.heads[bin_of(x.length)] == x.start;
    return link_readable(r, link.previous) && link_at(r, link.previous)->next == x.start;
}

/* Take a free extent out of its list. false: its links are overwritten, it
 * stays where it is, and nothing was changed. */
STEP bool bins_remove(hak_region *r, hak_extent x)
{
    if (!bins_links_hold(r, x))
        return false;
    hak_link link = *link_at(r, x.start);
    bool last = link.next == x.start, first = link.previous == x.start;
    if (!last)
        link_at(r, link.next)->previous = first ? link.next : link.previous;
    if (!first)
        link_at(r, link.previous)->next = last ? link.previous : link.next;
    else
        list_set_head(&r->bins, bin_of(x.length), last ? 0 : link.next);
    return true;
}

/* The free extent x becomes y, in whose bin it stands already or will: a move
 * within a bin only turns the neighbours' links. y.length 0: x is taken out.
 * false as for bins_remove. */
STEP bool bins_replace(hak_region *r, hak_extent x, hak_extent y)
{
    if (y.length == 0 || bin_of(x.length) != bin_of(y.length)) {
        if (!bins_remove(r, x))
            return false;
        if (y.length != 0)
            bins_insert(r, y);
        return true;
    }
    if (x.start == y.start)
        return true;
    if (!bins_links_hold(r, x))
        return false;
    hak_link link = *link_at(r, x.start), *moved = link_at(r, y.start);
    moved->next = y.start;
    moved->previous = y.start;
    if (link.next != x.start) {
        moved->next = link.next;
        link_at(r, link.next)->previous = y.start;
    }
    if (link.previous != x.start) {
        moved->previous = link.previous;
        link_at(r, link.previous)->next = y.start;
    } else {
        r->bins.heads[bin_of(y.length)] = y.start;
    }
    return true;
}

/* The same for an extent that is first in its bin, whose links are therefore
 * not needed but for the one to the second. false: that one is overwritten, and
 * the rest of the list was given up. */
STEP bool bins_replace_first(hak_region *r, hak_extent x, hak_extent y)
{
    unsigned bin = bin_of(x.length);
    bool same = y.length != 0 && bin == bin_of(y.length), whole = true;
    if (same && x.start == y.start)
        return true;
    granule next = link_at(r, x.start)->next;
    if (next != x.start) {
        whole = link_readable(r, next) && link_at(r, next)->previous == x.start;
        next = whole ? next : 0;
    } else {
        next = 0;
    }
    if (same) {
        hak_link *moved = link_at(r, y.start);
        moved->previous = y.start;
        moved->next = next == 0 ? y.start : next;
        if (next != 0)
            link_at(r, next)->previous = y.start;
        r->bins.heads[bin] = y.start;
        return whole;
    }
    list_set_head(&r->bins, bin, next);
    if (next != 0)
        link_at(r, next)->previous = next;
    if (y.length != 0)
        bins_insert(r, y);
    return whole;
}

/* The head is none: the list is given up. */
static __attribute__((noinline, cold, unused)) hak_extent give_up_list(const hak_region *r,
                                                                       unsigned bin)
{
    list_set_head((hak_bins *)&r->bins, bin, 0);
    return (hak_extent){0, 0};
}

/* The first extent of a bin that has one. Links that the program forged, or
 * copied from where they once were right, may confirm each other and still have
 * led to a head that is of another bin, or no longer free. */
STEP hak_extent first_of_bin(const hak_region *r, unsigned bin)
{
    hak_extent x = {r->bins.heads[bin], 0};
    if (link_readable(r, x.start))
        x.length = extent_length(r, x.start);
    return bin_of(x.length) == bin ? x : give_up_list(r, bin);
}

/* The first bin that is not empty, from `bin` up; its first extent. length 0:
 * there is none. */
STEP hak_extent bins_from(const hak_region *r, unsigned bin)
{
    const hak_bins *bins = &r->bins;
    unsigned row = bin / BIN_COLUMNS, columns = 0;
    if ((bins->top >> row & 1) != 0)
        columns = (unsigned)bins->rows[row] >> bin % BIN_COLUMNS << bin % BIN_COLUMNS;
    if (columns == 0) {
        uint32_t above = bins->top & ~(uint32_t)0 << row << 1;
        if (above == 0)
            return (hak_extent){0, 0};
        row = hak_port_ctz(above);
        columns = bins->rows[row];
    }
    return first_of_bin(r, row * BIN_COLUMNS + hak_port_ctz(columns));
}

/* The first extent of length's own bin if that is long enough, else of the
 * next bin that has any: it surely is. length 0: there is none. */
STEP hak_extent bins_find(const hak_region *r, granule length)
{
    unsigned bin = bin_of(length);
    hak_extent x = bins_from(r, bin);
    if (x.length >= length || x.length == 0)
        return x;
    return bins_from(r, bin + 1);
}

/* The first extent of the highest bin; length 0: there is none. */
static inline hak_extent bins_longest(const hak_region *r)
{
    if (r->bins.top == 0)
        return (hak_extent){0, 0};
    unsigned row = top_bit(r->bins.top);
    return first_of_bin(r, row * BIN_COLUMNS + top_bit(r->bins.rows[row]));
}

#endif
