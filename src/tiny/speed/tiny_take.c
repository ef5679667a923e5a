/* SPDX-License-Identifier: MIT */
/* What malloc does when it doesn't find at once what it wants. */
#include "tiny_run.h"

_Static_assert(sizeof(tiny_row) == 32 * sizeof(uintptr_t), "a list's place says its bin");

static tiny_row *row_of_list(uintptr_t *list)
{
    return (tiny_row *)align_down((uintptr_t)list, sizeof(tiny_row));
}
static unsigned bin_of_list(const uintptr_t *list)
{
    return (unsigned)((uintptr_t)list % sizeof(tiny_row) / sizeof *list);
}

/* The front of the top; 0: it is too short, or there is none, or its header is overwritten. */
TINY_STEP uintptr_t cut_top(granule length)
{
    uintptr_t p = tiny.top;
    if (p == 0)
        return 0;
    hak_word all = tiny_free_length(tiny_says(p));
    if (all < length || all >= TINY_SPAN)
        return 0;
    tiny.top = 0;
    tiny.top_bin = TINY_NO_BIN;
    tiny_cut(p, length, (granule)all - length, true);
    return p;
}

/* The first one of that list, which is long enough. If its link is overwritten the rest of
 * the list is given up. 0: its header is. */
TINY_STEP uintptr_t cut_first(granule length, tiny_row *row, unsigned bin)
{
    uintptr_t p = row->head[bin];
    hak_word all = tiny_free_length(tiny_says(p));
    if (all < length || all >= TINY_SPAN)
        return 0;
    if (!tiny_first_leaves(row, bin, p))
        tiny_give_up(row, bin);
    tiny_cut(p, length, (granule)all - length, false);
    return p;
}

/* A top that is too short is not thought of again before it has grown. */
uintptr_t tiny_take_top(granule length, uintptr_t *list)
{
    unsigned bin = bin_of_list(list);
    if (bin >= tiny.top_bin) {
        uintptr_t p = cut_top(length);
        if (p != 0)
            return p;
        tiny.top_bin = TINY_NO_BIN;
    }
    return bin != TINY_NO_BIN ? cut_first(length, row_of_list(list), bin) : 0;
}

/* A list whose first extent can't be taken is given up, and so is a top. */
static void give_up_what_is_overwritten(tiny_found f)
{
    if (f.bin != TINY_NO_BIN) {
        tiny_give_up(f.row, f.bin);
    } else if (tiny.top != 0 && tiny_free_length(tiny_says(tiny.top)) >= TINY_SPAN) {
        tiny.corrupt = tiny.top;
        tiny.top = 0;
    }
}

uintptr_t tiny_take(granule length)
{
    for (;;) {
        tiny_found f = tiny_find(length);
        uintptr_t p =
            f.whole ? cut_first(length, f.row, f.bin) : tiny_take_top(length, tiny_list_of(f));
        if (p == 0 && f.bin == TINY_NO_BIN)
            p = cut_top(length);
        if (p != 0)
            return p;
        give_up_what_is_overwritten(f);
        if (f.bin == TINY_NO_BIN)
            return 0;
    }
}
