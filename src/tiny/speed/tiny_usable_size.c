/* SPDX-License-Identifier: MIT */
#include "tiny_call.h"

size_t hak_usable_size(const void *block)
{
    if (block == NULL)
        return 0;
    hak_mask state = hak_port_mask();
    hak_word says = tiny_block(block, state, __builtin_return_address(0));
    if (says == 0)
        return 0;
    hak_port_unmask(state);
    return tiny_usable(says);
}
