/* SPDX-License-Identifier: MIT */
/* Copying and zeroing of user bytes, without libc. Blocks are granule-aligned,
 * so whole words go first. */
#ifndef HAK_BYTES_H
#define HAK_BYTES_H

#include "base.h"

static inline void bytes_zero(void *to, size_t bytes)
{
    hak_word *w = to;
    size_t words = bytes / sizeof *w;
    for (size_t i = 0; i < words; i++)
        w[i] = 0;
    for (size_t i = words * sizeof *w; i < bytes; i++)
        ((unsigned char *)to)[i] = 0;
}

static inline void bytes_copy(void *to, const void *from, size_t bytes)
{
    hak_word *w = to;
    const hak_word *v = from;
    size_t words = bytes / sizeof *w;
    for (size_t i = 0; i < words; i++)
        w[i] = v[i];
    for (size_t i = words * sizeof *w; i < bytes; i++)
        ((unsigned char *)to)[i] = ((const unsigned char *)from)[i];
}

#endif
