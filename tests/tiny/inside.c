/* SPDX-License-Identifier: MIT */
/* The tiny build has no pages. */
#include "inside.h"
#include "tiny_bins.h"

size_t inside_header_bytes(void) { return TINY_HEADER_BYTES; }
size_t inside_columns(void) { return 1 << TINY_COLUMNS_LOG2; }

/* A word that notes it, and in front of it the smallest extent. */
size_t inside_aligned_bytes(void)
{
    return TINY_HEADER_BYTES == 0 ? 0 : (TINY_LEAST + 1) * GRANULE_BYTES;
}

unsigned inside_classes(void) { return 0; }

size_t inside_class_bytes(unsigned index)
{
    (void)index;
    return 0;
}

size_t inside_pages_of_a_core(void) { return 0; }

size_t inside_empty_pages(unsigned core)
{
    (void)core;
    return 0;
}

bool inside_has_free_block(unsigned core, size_t size)
{
    (void)core, (void)size;
    return false;
}
