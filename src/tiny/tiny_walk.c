/* SPDX-License-Identifier: MIT */
#include "tiny_cursor.h"

int hak_walk(hak_visitor visitor, void *context)
{
    int result = 0;
    if (tiny.end == 0)
        return 0;
    for (granule g = tiny_first(tiny.end); g < tiny.end && result == 0;) {
        hak_mask state = hak_port_mask();
        tiny_item item = tiny_look_at(g);
        hak_port_unmask(state);
        hak_block block = {tiny_address(g), item.bytes,
                           item.kind == TINY_FREE_EXTENT ? HAK_BLOCK_FREE : HAK_BLOCK_LIVE, 0};
        if (item.kind != TINY_NOTHING)
            result = visitor(&block, context);
        g += item.length;
    }
    return result;
}
