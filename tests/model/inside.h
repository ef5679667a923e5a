/* SPDX-License-Identifier: MIT */
/* The few things that a test must ask the allocator's inside. */
#ifndef INSIDE_H
#define INSIDE_H

#include <stdbool.h>
#include <stddef.h>

/* Size classes, 0 if the heap has no pools; the block size of one. */
unsigned inside_classes(void);
size_t inside_class_bytes(unsigned index);

/* The bytes of one page of each class: what a core may keep to itself. */
size_t inside_pages_of_a_core(void);

/* Current pages, of the core or of idle cores, that are empty. */
size_t inside_empty_pages(unsigned core);

/* In front of each block; how much more than that a block with an alignment takes; and lists
 * of free extents for each power of two. */
size_t inside_header_bytes(void);
size_t inside_aligned_bytes(void);
size_t inside_columns(void);

/* Does a page that the core may use have a free block for a malloc of so many
 * bytes? */
bool inside_has_free_block(unsigned core, size_t size);

#endif
