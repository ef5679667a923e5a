/* SPDX-License-Identifier: MIT */
/* The tiny build: one region, no pools, no cache, no lock, no counters of calls. */
#include "inside.h"
#include "tiny.h"

/* The size of the heap, if heap= does not tell: 12 KiB. */
enum { HEAP_BYTES = 12 << 10 };

char *inside_heap;
size_t inside_heap_bytes;

char *inside_start(char *heap, size_t room)
{
    size_t bytes = (size_t)kit_argument_number("heap", HEAP_BYTES);
    inside_heap = heap;
    inside_heap_bytes = bytes;
    return bytes <= room && hak_init(heap, bytes) == HAK_OK ? heap + bytes : NULL;
}

size_t inside_pool_bytes(void) { return 0; }
size_t inside_cached_bytes(void) { return 0; }
bool inside_is_locked(void) { return false; }
void *inside_malloc_apart(size_t line, size_t bytes)
{
    (void)line, (void)bytes;
    return NULL;
}

size_t inside_faults(void) { return tiny.faults; }

bool inside_is_apart(const void *block)
{
    (void)block;
    return false;
}

bool inside_adds_up(const hak_stats *s, size_t live_blocks)
{
    (void)live_blocks;
    return s->malloc_run == 0 && s->free_run == 0;
}
