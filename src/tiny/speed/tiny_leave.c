/* SPDX-License-Identifier: MIT */
#include "tiny_bins.h"

bool tiny_leave_somehow(uintptr_t p, granule length)
{
    if (p == tiny.top) {
        tiny.top = 0;
        tiny.top_bin = TINY_NO_BIN;
        return true;
    }
    if (tiny_leave(p, length))
        return false;
    tiny.corrupt = p;
    tiny_row *row = tiny_row_of(p);
    unsigned bin = tiny_bin_of(length);
    if (row->head[bin] == p)
        tiny_give_up(row, bin);
    return false;
}
