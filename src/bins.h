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

/* Bytes of rows and heads for extents of up to so many granules. */
unsigned bins_rows(granule longest);

/* Put a free extent (already on the map) at the front of its list. */
void bins_insert(hak_region *r, hak_extent x);

/* Take a free extent out of its list. false: its links are overwritten, it
 * stays where it is, and nothing was changed. */
bool bins_remove(hak_region *r, hak_extent x);

/* The first extent of the best bin that surely holds length granules, or of
 * length's own bin if that one is long enough. length 0: there is none. */
hak_extent bins_find(const hak_region *r, granule length);

/* The first extent of bin_of(length), whatever its length; length 0: none. */
hak_extent bins_peek(const hak_region *r, granule length);

/* Remove the first extent of a list, as found by the above. false: the link
 * to the second was overwritten; the rest of the list is given up. */
bool bins_remove_first(hak_region *r, hak_extent x);

/* The first extent of the highest bin; length 0: there is none. */
hak_extent bins_longest(const hak_region *r);

/* For check: does the link structure around x hold? */
bool bins_links_hold(const hak_region *r, hak_extent x);

#endif
