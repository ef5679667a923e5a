/* SPDX-License-Identifier: MIT */
/* What the test knows of the library's inside: full/inside.c, tiny/inside.c. */
#ifndef INSIDE_H
#define INSIDE_H

#include "interrupt.h"

/* Make the heap at its start, of heap= bytes and what else the build can have. Its end;
 * NULL: it does not fit. */
char *inside_start(char *heap, size_t room);

/* What is rewound with the heap, all that hak has beside it: whole words. The last one
 * is {NULL, 0}. */
typedef struct inside_part {
    void *start;
    size_t bytes;
} inside_part;
extern const inside_part inside_parts[];

/* The largest size that the pools serve; 0: none. */
size_t inside_pool_bytes(void);

/* A size that the reuse cache keeps; 0: there is no cache. */
size_t inside_cached_bytes(void);

/* Some core has the lock. */
bool inside_is_locked(void);

/* Bad calls that were reported. Perhaps not rewound. */
size_t inside_faults(void);

/* Do the counters of the calls agree with one another and with the blocks that are live? */
bool inside_adds_up(const hak_stats *s, size_t live_blocks);

#endif
