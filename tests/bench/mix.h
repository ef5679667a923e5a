/* SPDX-License-Identifier: MIT */
/* Random operations on a set of live blocks. */
#ifndef MIX_H
#define MIX_H

#include "bench.h"

typedef struct mix_block {
    void *at;
    size_t size;
} mix_block;

typedef struct mix {
    mix_block *blocks; /* those that are live: 0 to count - 1 */
    size_t count, most_blocks;
    size_t live_bytes; /* as asked for */
    size_t pending;    /* the size that is asked for next; 0: not drawn yet */
    uint64_t seed;
    bench_table *table;
} mix;

/* The size of the next request. It stays until it was served, so that a full
 * heap does not sort out the large ones. */
size_t mix_size(mix *m, size_t least, size_t most);

/* Each is one measured call. The requests: false if there was no memory. */
bool mix_malloc(mix *m, size_t size);
bool mix_aligned(mix *m, size_t alignment, size_t size);
bool mix_realloc(mix *m, size_t index, size_t size);
void mix_free(mix *m, size_t index);
size_t mix_any(mix *m); /* a random live block's index; there is one */

#endif
