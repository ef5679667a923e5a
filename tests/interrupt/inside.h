/* SPDX-License-Identifier: MIT */
/* What the test knows of the library's inside: full/inside.c, tiny/inside.c. */
#ifndef INSIDE_H
#define INSIDE_H

#include "interrupt.h"

/* Make the heap at its start, of heap= bytes and what else the build can have. Its end;
 * NULL: it does not fit. */
char *inside_start(char *heap, size_t room);
/* The region of hak_init(). */
extern char *inside_heap;
extern size_t inside_heap_bytes;

/* The largest size that the pools serve; 0: none. */
size_t inside_pool_bytes(void);

/* A size that the reuse cache keeps; 0: there is no cache. */
size_t inside_cached_bytes(void);

/* Some core has the lock. */
bool inside_is_locked(void);

/* Bad calls that were reported. */
size_t inside_faults(void);

/* Does the block lie in memory with tags, which the heap's figures leave out? */
bool inside_is_apart(const void *block);
/* A block of there, in whole lines of so many bytes (0: no matter). */
void *inside_malloc_apart(size_t line, size_t bytes);

/* Do the counters of the calls agree with one another and with the blocks that are live? */
bool inside_adds_up(const hak_stats *s, size_t live_blocks);

#endif
