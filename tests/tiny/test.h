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

extern const kit_case test_misuse_cases[], test_model_cases[];
enum { TEST_MISUSE_CASES = 8, TEST_MODEL_CASES = 3 };

#endif
