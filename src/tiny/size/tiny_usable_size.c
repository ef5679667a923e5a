/* SPDX-License-Identifier: MIT */
#include "tiny_call.h"

size_t hak_usable_size(const void *block)
{
    if (block == NULL)
        return 0;
    hak_mask state = hak_port_mask();
    granule g = tiny_block(block, state, __builtin_return_address(0));
    if (g == 0)
        return 0;
    size_t bytes = (size_t)tiny_length(g) << GRANULE_SHIFT;
    hak_port_unmask(state);
    return bytes;
}
