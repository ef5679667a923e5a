/* SPDX-License-Identifier: MIT */
#include "tiny_malloc.h"

void *hak_malloc_at(size_t size, const hak_site *site)
{
    return tiny_malloc(size, site != NULL ? (const void *)site : __builtin_return_address(0));
}
