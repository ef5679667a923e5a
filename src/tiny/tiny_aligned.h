/* SPDX-License-Identifier: MIT */
/* Blocks with an alignment of more than a granule. */
#ifndef HAK_TINY_ALIGNED_H
#define HAK_TINY_ALIGNED_H

#include "tiny.h"

/* A block of so many granules at a multiple of 2^log2 granules, log2 not 0. NULL: there
 * is none. Takes the mask and leaves it. */
void *tiny_malloc_aligned(size_t size, unsigned log2, const void *call_site);

#endif
