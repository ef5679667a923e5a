/* SPDX-License-Identifier: MIT */
/* The tiny build on whatever memory a board has left: heaps from the smallest up. */
#ifndef TINY_TEST_H
#define TINY_TEST_H

#include "kit.h"
#include "tiny_cursor.h"

/* Fail the case and return false. */
#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            kit_fail(__FILE__, __LINE__, #condition);                                              \
            return false;                                                                          \
        }                                                                                          \
    } while (0)

/* As after a boot: a heap of so many bytes, `shift` bytes into the memory, on junk. The
 * size may be larger than the memory: then all of it. */
bool test_heap(size_t bytes, size_t shift);
void test_forget(void);

/* The memory, and how much of it the heap has. */
extern unsigned char *test_ram;
extern size_t test_ram_bytes, test_heap_bytes;

/* Faults since the last call of this; the last one's kind and pointer. */
unsigned test_faults(void);
extern hak_fault test_fault;
extern const void *test_fault_pointer;

/* All is free and in one piece again. */
bool test_all_back(void);

/* The free extents: the longest, in granules. */
granule test_longest(void);

/* The bytes of a block of so many granules that are its caller's; what a block may have more
 * of than it was asked for: what would be left of an extent goes with it. */
static inline size_t test_bytes(granule length)
{
    return ((size_t)length << GRANULE_SHIFT) - TINY_HEADER_BYTES;
}
static inline size_t test_more(granule length)
{
    return tiny_is_worth(1, 1) ? 0 : length < TINY_WORTH ? length : TINY_WORTH;
}

/* What a link to the free extent at g is, and the links there. */
static inline tiny_link *test_links(granule g) { return tiny_address(g); }
static inline tiny_ref test_ref(granule g)
{
    return (tiny_ref)(TINY_HEADER_BYTES == 0 ? g : (uintptr_t)tiny_address(g));
}

/* The granules of a block. */
static inline size_t test_granules(size_t size)
{
    size_t least = size + TINY_HEADER_BYTES > TINY_LEAST * GRANULE_BYTES - GRANULE_BYTES
                       ? size + TINY_HEADER_BYTES
                       : TINY_LEAST * GRANULE_BYTES;
    return (least + GRANULE_BYTES - 1) >> GRANULE_SHIFT;
}

/* What an extent must have for a block at a multiple of 2^log2 granules. */
static inline size_t test_aligned_granules(size_t size, unsigned log2)
{
    size_t before = ((size_t)1 << log2) - 1, block = test_granules(size);
    if (TINY_HEADER_BYTES != 0) /* a word for the alignment; in front of it, an extent */
        return test_granules(size + sizeof(hak_word)) + before + TINY_LEAST;
    return (block > log2 ? block : log2 + 1) + before;
}

/* The longest length of which each bin has only one, and the bins of each doubling. */
enum { TEST_COLUMNS = 1 << TINY_COLUMNS_LOG2 };

extern const kit_case test_misuse_cases[], test_model_cases[];
enum { TEST_MISUSE_CASES = 11, TEST_MODEL_CASES = 3 };

#endif
