/* SPDX-License-Identifier: MIT */
#include "tiny_malloc.h"

/* Is it more than a word? Without a product of two words: a machine may have none. */
static bool overflows(size_t a, size_t b)
{
    enum { HALF = WORD_BITS / 2 };
    const size_t low = ((size_t)1 << HALF) - 1;
    size_t a_high = a >> HALF, b_high = b >> HALF;
    if ((a_high | b_high) == 0)
        return false;
    if (a_high != 0 && b_high != 0)
        return true;
    size_t middle = a_high * (b & low) + b_high * (a & low);
    return middle + ((a & low) * (b & low) >> HALF) > low;
}

static void *calloc_from(size_t count, size_t size, const void *call_site)
{
    size_t bytes = count * size;
    if (overflows(count, size))
        bytes = SIZE_MAX; /* which is reported */
    void *block = tiny_malloc(bytes, call_site);
    if (block != NULL)
        hak_port_zero(block, bytes);
    return block;
}

void *hak_calloc(size_t count, size_t size)
{
    return calloc_from(count, size, __builtin_return_address(0));
}

void *hak_calloc_at(size_t count, size_t size, const hak_site *site)
{
    return calloc_from(count, size,
                       site != NULL ? (const void *)site : __builtin_return_address(0));
}
