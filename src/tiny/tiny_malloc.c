/* SPDX-License-Identifier: MIT */
#include "tiny_malloc.h"

void *hak_malloc(size_t size) { return tiny_malloc(size, __builtin_return_address(0)); }
