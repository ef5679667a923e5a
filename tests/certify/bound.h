/* SPDX-License-Identifier: MIT */
/*
 * The heap that suffices for any run with given peaks: how many blocks of each size
 * class are live at most at a time. docs/bounds.md has the derivation.
 *
 * A size class is a bin of the run layer: one for each granule below 32, then sixteen
 * to a doubling. Each block counts as the longest of its class.
 */
#ifndef BOUND_H
#define BOUND_H

#include "heap.h"

enum { BOUND_BINS = 512 };

typedef struct bound_demand {
    uint32_t live[BOUND_BINS], peak[BOUND_BINS]; /* blocks, by bin */
    unsigned longest_gap; /* a request of the run is met unless all free extents are at
                             most so long, in granules */
    bool resizes;         /* blocks shrink in place */
} bound_demand;

/* The class of a request, and the longest length in it. */
unsigned bound_bin(size_t bytes, unsigned alignment_log2);
uint32_t bound_longest(unsigned bin);

/* A block of the class is handed out, is given back. A realloc that moves has both for
 * a while: take, then release. */
void bound_take(bound_demand *d, size_t bytes, unsigned alignment_log2);
void bound_release(bound_demand *d, unsigned bin);

/* What the bound is made of, in granules. After hak_init(), whose choice of pages it
 * depends on. */
typedef struct bound_sum {
    uint64_t blocks;       /* number, each alone in the run layer */
    uint64_t block_length; /* their lengths in all */
    uint64_t pages;        /* number, at most */
    uint64_t page_length;
    uint64_t kept; /* freed blocks in the reuse cache, beside several contexts */
    uint64_t kept_length;
    uint64_t gap;    /* the longest free extent that is of no use */
    uint64_t needed; /* usable granules that suffice */
} bound_sum;
bound_sum bound_of(const bound_demand *d);

/* What the heap has. */
uint64_t bound_usable(void);

/* The smallest heap that suffices, and whose next 16 sizes, 0.25% larger each, do as
 * well. Uses [heap, heap + most): each try is a child. 0: not even `most`. */
size_t bound_heap(const bound_demand *d, void *heap, size_t most, bound_sum *sum);

#endif
