/* SPDX-License-Identifier: MIT */
#include "tiny_call.h"

void hak_free(void *p)
{
    if (p == NULL)
        return;
    hak_mask state = hak_port_mask();
    granule g = tiny_block(p, state, __builtin_return_address(0));
    if (g == 0)
        return;
    granule length = tiny_end_block(g);
    tiny_count_given(length);
    tiny_give_block(g, length);
    tiny_end(state, __builtin_return_address(0));
}
