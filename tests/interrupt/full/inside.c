/* SPDX-License-Identifier: MIT */
/* The full library: two regions. */
#include "inside.h"
#include "heap.h"

_Static_assert(sizeof run % sizeof(size_t) == 0 && sizeof pools % sizeof(size_t) == 0,
               "whole words");
const inside_part inside_parts[] = {{&run, sizeof run}, {&pools, sizeof pools}, {NULL, 0}};

char *inside_start(char *heap, size_t room)
{
    size_t bytes = (size_t)kit_argument_number("heap", 256 << 10), second = bytes / 2;
    if (room < bytes + second || hak_init(heap, bytes) != HAK_OK ||
        hak_add_region(heap + bytes, second) != HAK_OK)
        return NULL;
    return heap + bytes + second;
}

size_t inside_pool_bytes(void) { return pools.limit_bytes; }

size_t inside_cached_bytes(void)
{
    for (size_t bytes = 1024; bytes < (size_t)1 << 20; bytes *= 2)
        if (cache_band(&pools.cache, (bytes + bytes / 2) >> GRANULE_SHIFT) == 0)
            return bytes + bytes / 2;
    return 0;
}

bool inside_is_locked(void)
{
    return atomic_load(&run.lock.serving) != atomic_load(&run.lock.next);
}

size_t inside_faults(void) { return heap_faults(); }

bool inside_adds_up(const hak_stats *s, size_t live_blocks)
{
    return s->malloc_pool + s->malloc_run + s->malloc_cache + s->cache_evictions ==
           s->free_local + s->free_remote + s->free_run + s->free_cache + live_blocks;
}
