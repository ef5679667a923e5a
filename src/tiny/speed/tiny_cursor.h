/* SPDX-License-Identifier: MIT */
/* One step after the other through the heap, for walk, stats and check. */
#ifndef HAK_TINY_CURSOR_H
#define HAK_TINY_CURSOR_H

#include "tiny_item.h"
#include "tiny_run.h"

static inline uintptr_t tiny_place(granule g) { return (uintptr_t)tiny_address(g); }
static inline bool tiny_is_free(granule g) { return tiny_is_free_at(tiny_place(g)); }
static inline granule tiny_length(granule g) { return tiny_length_of(tiny_says(tiny_place(g))); }

/* What begins at g? Nothing, if the heap changed since the last step and g is inside an
 * extent now: then a granule can be passed over. What looks like a header there, by one
 * chance in 2^28, is taken for one. Masked. */
static inline tiny_item tiny_look_at(granule g)
{
    hak_word says = tiny_says(tiny_place(g));
    granule length = tiny_length_of(says);
    if (tiny_is_any(says) && length >= TINY_LEAST && length <= tiny.end - g &&
        tiny_is_any(tiny_says(tiny_place(g + length))))
        return (tiny_item){(says & TINY_BLOCK) == 0 ? TINY_FREE_EXTENT : TINY_HELD, g, length,
                           tiny_usable(says)};
    return (tiny_item){TINY_NOTHING, g, 1, 0};
}

#endif
