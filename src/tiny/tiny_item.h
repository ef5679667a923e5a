/* SPDX-License-Identifier: MIT */
/* What walk, stats and check meet at each step through the heap. */
#ifndef HAK_TINY_ITEM_H
#define HAK_TINY_ITEM_H

#include "tiny.h"

typedef enum tiny_kind { TINY_NOTHING, TINY_FREE_EXTENT, TINY_HELD } tiny_kind;

typedef struct tiny_item {
    tiny_kind kind; /* TINY_NOTHING: nothing begins at the place; go on behind */
    granule start, length;
    size_t bytes; /* of a block its caller's, of a free extent a malloc's */
} tiny_item;

#endif
