/* SPDX-License-Identifier: MIT */
/* The tiny build: one region, no pools, no cache, no lock, no counters of calls. */
#include "inside.h"
#include "tiny.h"

/* The size of the heap, if heap= does not tell: 12 KiB. */
enum { HEAP_BYTES = 12 << 10 };

_Static_assert(sizeof tiny % sizeof(size_t) == 0, "whole words");
const inside_part inside_parts[] = {{&tiny, sizeof tiny}, {NULL, 0}};

char *inside_start(char *heap, size_t room)
{
    size_t bytes = (size_t)kit_argument_number("heap", HEAP_BYTES);
    return bytes <= room && hak_init(heap, bytes) == HAK_OK ? heap + bytes : NULL;
}

size_t inside_pool_bytes(void) { return 0; }
size_t inside_cached_bytes(void) { return 0; }
bool inside_is_locked(void) { return false; }
size_t inside_faults(void) { return tiny.faults; }

bool inside_adds_up(const hak_stats *s, size_t live_blocks)
{
    (void)live_blocks;
    return s->malloc_run == 0 && s->free_run == 0;
}
