/* SPDX-License-Identifier: MIT */
/* The tiny build has no pages. */
#include "inside.h"

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
