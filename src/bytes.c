/* SPDX-License-Identifier: MIT */
#include "base.h"

__attribute__((weak)) void hak_port_zero(void *to, size_t bytes)
{
    hak_word *w = to;
    size_t words = bytes / sizeof *w;
    for (size_t i = 0; i < words; i++)
        w[i] = 0;
    for (size_t i = words * sizeof *w; i < bytes; i++)
        ((unsigned char *)to)[i] = 0;
}

__attribute__((weak)) void hak_port_copy(void *to, const void *from, size_t bytes)
{
    hak_word *w = to;
    const hak_word *v = from;
    size_t words = bytes / sizeof *w;
    for (size_t i = 0; i < words; i++)
        w[i] = v[i];
    for (size_t i = words * sizeof *w; i < bytes; i++)
        ((unsigned char *)to)[i] = ((const unsigned char *)from)[i];
}
