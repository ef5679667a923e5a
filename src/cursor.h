/* SPDX-License-Identifier: MIT */
/* One step after the other through a region, for walk and check. */
#ifndef HAK_CURSOR_H
#define HAK_CURSOR_H

#include "pool.h"

typedef enum hak_item_kind { ITEM_NONE, ITEM_FREE, ITEM_BLOCK, ITEM_PAGE } hak_item_kind;

typedef struct hak_item {
    hak_item_kind kind; /* ITEM_NONE: nothing begins at the place; go on behind */
    hak_extent extent;
} hak_item;

/* What begins at g? If nothing does (the heap changed since the last step),
 * the stretch that can be passed over. Lock held; bounded. */
hak_item cursor_look(const hak_region *r, granule g);

#endif
