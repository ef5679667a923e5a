/* SPDX-License-Identifier: MIT */
/* Taking extents and giving them back. */
#ifndef HAK_TINY_RUN_H
#define HAK_TINY_RUN_H

#include "tiny_bins.h"

/* What is left of an extent stays free if it is so long, or as long as what was taken:
 * shorter ones would rarely serve, and have to be joined again. */
enum { TINY_WORTH = 16 };
TINY_STEP bool tiny_is_worth(granule left, granule length)
{
    return left >= TINY_WORTH || (left >= TINY_LEAST && left >= length);
}

TINY_STEP void tiny_count_given(granule length) { tiny.more_free += length; }
TINY_STEP void tiny_count_taken(granule length)
{
    bool fewer = __builtin_sub_overflow(tiny.more_free, length, &tiny.more_free);
    if (TINY_RARE(fewer)) {
        tiny.fewest_free += tiny.more_free;
        tiny.more_free = 0;
    }
}

/* The extent p becomes a block of that length, or one that is longer by what would be left.
 * The rest goes to a list, or becomes the top. It is in no list. */
TINY_STEP void tiny_cut(uintptr_t p, granule length, granule left, bool is_top)
{
    uintptr_t q = tiny_behind(p, length);
    if (!TINY_RARE(!tiny_is_worth(left, length))) {
        tiny_say_free(q, left);
        if (is_top)
            tiny_set_top(q, left);
        else
            tiny_insert(q, left);
    } else {
        length += left;
        *tiny_header(tiny_behind(q, left)) ^= TINY_AFTER_FREE;
    }
    tiny_say(p, length, TINY_BLOCK);
    tiny_count_taken(length);
}

/* The list whose first extent was found. */
typedef struct tiny_found {
    bool whole; /* else the top comes before it, or a header is overwritten */
    tiny_row *row;
    unsigned bin; /* TINY_NO_BIN: there is none */
    uintptr_t start;
    granule left; /* its length, less what is wanted */
} tiny_found;

/* An extent of at least that length, in the lowest zone that has one: the first one of
 * the length's own bin if that is long enough, else of the next bin that has any, which
 * surely is. */
TINY_STEP tiny_found tiny_find(granule length)
{
    uintptr_t before = (uintptr_t)tiny.rows - sizeof(tiny_row);
    tiny_found f = {false, (tiny_row *)before, tiny_bin_of(length), 0, 0};
    hak_word lists, least = ((hak_word)length << TINY_LENGTH_SHIFT), left;
    uintptr_t p;
    for (;;) {
        do {
            f.row++;
            lists = f.row->lists >> f.bin;
        } while (lists == 0);
        if ((lists & 1) != 0) {
            p = f.row->head[f.bin];
            left = tiny_turn(tiny_says(p) - least, TINY_LENGTH_SHIFT);
            if (!TINY_RARE(left >= TINY_SPAN))
                break;
        }
        lists &= ~ONE;
        if (lists == 0)
            continue;
        f.bin += hak_port_ctz(lists);
        if (TINY_RARE(f.bin >= tiny.top_bin))
            return f;
        p = f.row->head[f.bin];
        left = tiny_turn(tiny_says(p) - least, TINY_LENGTH_SHIFT);
        if (TINY_RARE(left >= TINY_SPAN))
            return f;
        break;
    }
    TINY_MEET(f.row);
    TINY_MEET(f.bin);
    TINY_MEET(p);
    TINY_MEET(left);
    f.whole = true;
    f.start = p;
    f.left = (granule)left;
    return f;
}

/* Its place says which list it is. */
TINY_STEP uintptr_t *tiny_list_of(tiny_found f) { return &f.row->head[f.bin]; }

/* A block of at least that length from the top, if the list comes behind that, or from the
 * list. 0: there is none, or something is overwritten: tiny_take() knows. */
uintptr_t tiny_take_top(granule length, uintptr_t *list);

/* A block of at least that length, whatever there is; 0: none. */
uintptr_t tiny_take(granule length);

/* The block [p, p + length), whose header says says, becomes free, and one with its free
 * neighbours. The header is believed. */
void tiny_give(uintptr_t p, hak_word says);

#endif
