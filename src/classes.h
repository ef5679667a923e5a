/* SPDX-License-Identifier: MIT */
/*
 * The size classes of the pools, chosen once from the heap's size.
 * A page of a class is a power of two in bytes, naturally aligned, and holds
 * at most one word of blocks, so that one word tells which of them are free.
 */
#ifndef HAK_CLASSES_H
#define HAK_CLASSES_H

#include "marks.h"

enum {
    CLASSES_MOST = 64,
    CLASSES_BLOCKS_MOST = WORD_BITS - 1, /* in a page: one bit of its word is not theirs */
    LARGEST_PAGE_UNITS = 64
};

typedef struct hak_class {
    uint32_t stride;     /* bytes from block to block */
    uint32_t reciprocal; /* the index of the block at an offset is a multiply and a
                            shift; behind the last block it comes out too high
                            [after Granlund, Montgomery 1994] */
    uint32_t used_bytes; /* blocks x stride */
    uint16_t units;      /* of a page */
    uint16_t blocks;     /* in a page */
    uint16_t patience;   /* requests that the run layer serves before a new page; */
    uint16_t reserve;    /* and of the heap so many 1/65536 must be free */
    hak_word full;       /* one bit for each block */
} hak_class;

typedef struct hak_class_plan {
    size_t page_bytes;         /* of most classes */
    size_t largest_page_bytes; /* of the classes of the largest blocks */
    size_t limit_bytes;        /* of the largest class; 0: no pools */
    unsigned count;
} hak_class_plan;

/* How many classes and how large a page suit a heap of so many bytes, if the
 * tables take so many bytes for each class. */
hak_class_plan classes_plan(size_t heap_bytes, size_t bytes_per_class);

/* Fill in plan.count classes, and for each size up to the limit, by
 * (size - 1) / granule, its kind: 1 + the number of its class. */
void classes_make(hak_class_plan plan, hak_class *classes, uint8_t *kind_of);

/* Take over the policy in force for the births of the class's pages, but not for
 * their size. Run lock, once the heap is made. */
void classes_apply(hak_class *c);

/* Requests before the birth of a page of so many blocks, without a policy. */
unsigned classes_patience(unsigned blocks);

/* How many blocks a page would hold under such a policy. */
unsigned classes_page_blocks(hak_class_plan plan, uint32_t stride_bytes, unsigned page_log2);

/* Of a block at that offset. What comes back for any other offset is, times the
 * stride, not that offset. */
static inline unsigned class_index(const hak_class *c, uint32_t offset)
{
    return hak_port_high(offset, c->reciprocal);
}

#endif
