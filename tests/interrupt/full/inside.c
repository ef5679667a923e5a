/* SPDX-License-Identifier: MIT */
/* The full library: two regions, and memory for a third. */
#include "inside.h"
#include "heap.h"
#include "spare.h"

char *inside_heap, *spare_start;
size_t inside_heap_bytes;

char *inside_start(char *heap, size_t room)
{
    size_t bytes = (size_t)kit_argument_number("heap", 256 << 10), second = bytes / 2;
    inside_heap = heap;
    inside_heap_bytes = bytes;
    spare_start = heap + bytes + second;
    if (room < bytes + second + SPARE_BYTES || hak_init(heap, bytes) != HAK_OK ||
        hak_add_region(heap + bytes, second) != HAK_OK)
        return NULL;
    return spare_start + SPARE_BYTES;
}

bool inside_is_apart(const void *block)
{
    return now.spare != NO_TAGS && (uintptr_t)block - (uintptr_t)spare_start < SPARE_BYTES;
}

void *inside_malloc_apart(size_t line, size_t bytes)
{
    return line == 0 ? hak_malloc_in(SPARE_TAGS, bytes) : hak_malloc_lines(SPARE_TAGS, line, bytes);
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
