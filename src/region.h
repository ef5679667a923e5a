/* SPDX-License-Identifier: MIT */
/*
 * A region is one range of RAM that was handed over: control data and maps at
 * its start, then the granules that the run layer serves.
 *
 *   start            base    first                                end
 *   |fixed|units|freed|heads|kinds|  extents ...                  |
 *
 * base is the address of granule 0, a multiple of the largest page, and lies
 * before the first usable granule, so that index 0 can mean "none".
 */
#ifndef HAK_REGION_H
#define HAK_REGION_H

#include "marks.h"

/*
 * The map of one unit; run lock. For the unit's granules:
 *   begin bit 1, live bit 0: a free extent begins here
 *   begin bit 1, live bit 1: a block that a caller holds begins here
 *   begin bit 0, live bit 1: the (j)th granule after a block's start: the
 *                            block was asked for with an alignment of 2^j granules
 * A unit that lies wholly inside an extent has no begin bit; the first and the
 * last such unit of an extent hold the extent's length, in granules, in live.
 * The others' live words are what they happen to be.
 * In the first one a bit says that the reuse cache has a note of the block.
 * A page is an extent whose first unit's live word is its state (page.h).
 *
 * `freed` is used at a page's first unit: blocks freed from outside. With words of 64
 * bits it is a map of its own. With 32 bits it lies here, for the state does not hold
 * both links of a list: the second is in the second unit's `freed`. Each page has two
 * units or more there, and begins at an even one, so that is no page's `freed` ever.
 */
enum { UNIT_FREED_WORDS = WORD_BITS == 64 ? 0 : 1 };
__extension__ typedef struct hak_unit {
    hak_word live;
    hak_word begin;
    hak_word freed[UNIT_FREED_WORDS];
} hak_unit;
enum {
    FREED_STRIDE = WORD_BITS == 64 ? 1 : sizeof(hak_unit) / sizeof(hak_word), /* in words */
    PAGE_UNITS_LEAST = 1 + UNIT_FREED_WORDS
};

/* Free extents by size, in lists threaded through the extents (bins.h). */
typedef struct hak_bins {
    uint32_t top;    /* bit w: words[w] is not 0 */
    hak_word *words; /* bit b of words[w]: heads[w x WORD_BITS + b] is not 0 */
    granule *heads;
} hak_bins;

/* Where the maps of a region are. */
typedef struct hak_maps {
    uintptr_t base;    /* address of granule 0 */
    size_t span;       /* bytes from base to the end; 0 until region_open() */
    uint8_t *kinds;    /* per unit: 0, or 1 + the size class of its page; written with
                          the lock held */
    hak_unit *units;   /* behind the last: heads of the lists of pages (page.h) */
    hak_atomic *freed; /* per unit: FREED_STRIDE */
    hak_atomic *notes; /* per window of 2^window_log2 bytes: note.h */
    unsigned window_log2;
    unsigned index; /* of the region, in order of arrival */
    uint32_t heads; /* the number of the last unit; 0: no page can be in the region */
    MARKS_IN_MAPS
} hak_maps;

typedef struct hak_region {
    hak_maps maps;
    hak_bins bins;
    granule first, end;      /* usable granules are first .. end - 1 */
    uintptr_t first_address; /* of granule `first`, and what follows */
    size_t usable_bytes;
    uintptr_t start; /* of the range, control data included */
    uintptr_t limit; /* the first address behind the range */
} hak_region;

/* All regions, in order of address. A table is never changed once published:
 * each new region brings a new table, so readers need no lock. */
typedef struct hak_region_table {
    unsigned count;
    hak_region *region[HAK_REGIONS]; /* the first one can always be looked at */
    uintptr_t start[8];              /* of region[i]; UINTPTR_MAX past the last */
} hak_region_table;

/* What hak_init wants at the start of the first region besides the maps. */
typedef struct hak_carving {
    uintptr_t start; /* the first granule of the range */
    uintptr_t next;  /* the first byte that is not given away yet */
    uintptr_t end;   /* the end of the range */
} hak_carving;

/* Take bytes from the front of the range, aligned to align. */
void *region_carve(hak_carving *range, size_t bytes, size_t align);

/* HAK_OK if [start, start + size) may be the first region; trims it. Of
 * HAK_HEAP_MIN bytes something is left beside all control data. */
hak_status region_trim(const void *start, size_t size, hak_carving *range);

/* The pages that will be in a region: at most so long, a power of two and at least
 * a unit; of so many classes. */
typedef struct hak_page_plan {
    size_t largest_bytes;
    unsigned classes;
} hak_page_plan;

/* Do the maps and one granule fit into what is left of the range? */
bool region_fits(hak_carving range, hak_page_plan pages);

/* Lay maps and one free extent over what is left of the range. */
void region_make(hak_region *r, hak_carving *range, hak_page_plan pages);
/* The extent, and what lies in it, can be found from now on. */
void region_open(hak_region *r);

/* The blocks of the page that begins there that were freed from outside. */
static inline hak_atomic *region_freed(const hak_maps *maps, uint32_t unit)
{
    return &maps->freed[(size_t)unit * FREED_STRIDE];
}

/* The kind of a unit, with the lock held. A plain access: while a block in the
 * unit is live its kind stays, so a free may also read it without the lock. */
static inline unsigned region_kind(const hak_region *r, uint32_t unit)
{
    return r->maps.kinds[unit];
}

/* The same of the unit that holds p. */
static inline unsigned region_kind_at(const hak_maps *maps, const void *p)
{
    return maps->kinds[((uintptr_t)p - maps->base) >> UNIT_SHIFT];
}

static inline void *region_address(const hak_region *r, granule g)
{
    return (void *)(r->maps.base + ((uintptr_t)g << GRANULE_SHIFT));
}

static inline granule region_granule(const hak_region *r, const void *p)
{
    return (granule)(((uintptr_t)p - r->maps.base) >> GRANULE_SHIFT);
}

/* The region that holds address p, or NULL: three compares and a check. */
static inline hak_region *region_search(const hak_region_table *t, uintptr_t p)
{
    unsigned i = 0;
    i += p >= t->start[i + 4] ? 4 : 0;
    i += p >= t->start[i + 2] ? 2 : 0;
    i += p >= t->start[i + 1] ? 1 : 0;
    /* The last address of all is not below UINTPTR_MAX. */
    hak_region *r = t->region[i < t->count ? i : 0];
    return p - r->maps.base < r->maps.span ? r : NULL;
}

#endif
