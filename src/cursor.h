/* SPDX-License-Identifier: MIT */
/* One step after the other through a region, for walk and check. */
#ifndef HAK_CURSOR_H
#define HAK_CURSOR_H

#include "pool.h"
#include "tagged.h"

typedef enum hak_item_kind { ITEM_NONE, ITEM_FREE, ITEM_BLOCK, ITEM_PAGE } hak_item_kind;

typedef struct hak_item {
    hak_item_kind kind; /* ITEM_NONE: nothing begins at the place; go on behind */
    hak_extent extent;
} hak_item;

/* What begins at g? If nothing does (the heap changed since the last step),
 * the stretch that can be passed over. Lock held; bounded. */
hak_item cursor_look(const hak_region *r, granule g);

/*
 * All regions one after the other: those without tags in order of address, then
 * those with tags in order of arrival. The latter may be removed at any time: then
 * the rest of the region is passed over.
 */
typedef struct hak_tour {
    const hak_region_table *table;
    unsigned next;      /* in the table */
    uint32_t serial;    /* of the region; 0: it has no tags, and stays */
    hak_region *region; /* look at it with the lock held, if the tour stands */
    granule first, end; /* of the region */
} hak_tour;

static inline hak_tour tour_start(void) { return (hak_tour){run_regions(), 0, 0, NULL, 0, 0}; }

/* Go on to the first or the next region; false: that was the last. */
bool tour_goes_on(hak_tour *tour);

/* Is the region still there? Lock held. */
bool tour_finds_tagged(const hak_tour *tour);
static inline bool tour_stands(const hak_tour *tour)
{
    return tour->serial == 0 || tour_finds_tagged(tour);
}

#endif
