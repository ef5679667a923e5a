/* SPDX-License-Identifier: MIT */
/* What the tests know of the blocks that they hold: the shadow of the heap. */
#ifndef SHADOW_H
#define SHADOW_H

#include "hak.h"
#include "kit.h"

/* Fail the case and return false. */
#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            kit_fail(__FILE__, __LINE__, #condition);                                              \
            return false;                                                                          \
        }                                                                                          \
    } while (0)

/* A block and what was written into it. */
typedef struct object {
    unsigned char *at; /* NULL: none */
    size_t size, usable, alignment;
    uint64_t seed;
} object;

/* The memory that was handed over. */
typedef struct shadow_ranges {
    unsigned count;
    uintptr_t start[8], end[8];
} shadow_ranges;
extern shadow_ranges shadow_memory;

/* Hand over `bytes` of RAM as a heap of so many regions (1 to 8), shifted by
 * `shift` bytes, in an order that is not that of the addresses, and filled with
 * junk up to a few MiB. */
bool shadow_start(size_t bytes, size_t shift, unsigned regions);

/* Note a new block: is it where and what it must be? Then fill all of it. */
bool shadow_take(object *o, void *p, size_t size, size_t alignment, uint64_t seed);

/* Is the block's content what was written? `bytes` of it, or all. */
bool shadow_holds_bytes(const object *o, size_t bytes);
bool shadow_holds(const object *o);

/* A size whose logarithm is uniform, 1 to most. */
size_t shadow_size(uint64_t *random, size_t most);

/* With nothing else going on: do walk, stats and check agree with the objects,
 * and with each other? */
bool shadow_audit(const object *objects, size_t count);

/* The objects that the caller holds, while other cores go on: does a walk show
 * each of them exactly once? `table` has room for 2 * count. */
bool shadow_walk_shows(const object *objects, size_t count, uint32_t *table, size_t table_size);

/* Free extents of the run layer. */
typedef struct shadow_free {
    size_t count, bytes, longest_bytes;
} shadow_free;
shadow_free shadow_free_extents(void);

/* malloc(size) or aligned_alloc(alignment, size) just returned NULL with no
 * other core and no interrupt handler at work: was it right to (promise 3)? */
bool shadow_null_is_right(size_t size, size_t alignment);

/* All blocks are free and all cores but the caller idle: does all memory come
 * back, in one extent for each region? */
bool shadow_all_back(void);

#endif
