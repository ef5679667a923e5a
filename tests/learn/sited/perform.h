/* SPDX-License-Identifier: MIT */
/* A record of a trace as a call from the place that the trace names. Uses the
 * library's insides, for a place is no real return address here. */
#ifndef PERFORM_H
#define PERFORM_H

#include "heap.h"

static const void *place_of(const trace_record *r)
{
    return (const void *)(0x10000 + (uintptr_t)r->site * 4);
}

/* As hak_realloc does it, but with the record's place. */
static void *perform_realloc(const trace_record *r, void *block)
{
    size_t usable = hak_usable_size(block);
    bool in_page = region_kind_at(&run_region_of(block)->maps, block) != 0;
    if (!in_page || (r->size_bytes <= usable && r->size_bytes > usable / 2))
        return hak_realloc(block, r->size_bytes);
    unsigned char *moved = heap_malloc(r->size_bytes, place_of(r));
    if (moved == NULL)
        return r->size_bytes <= usable ? block : NULL;
    for (size_t i = 0; i < usable && i < r->size_bytes; i++)
        moved[i] = ((unsigned char *)block)[i];
    hak_free(block);
    return moved;
}

static void *perform(const trace_record *r, void *block)
{
    switch (r->op) {
    case TRACE_REALLOC:
        return perform_realloc(r, block);
    case TRACE_ALIGNED:
        return hak_aligned_alloc((size_t)1 << r->align_log2, r->size_bytes);
    case TRACE_FREE:
        hak_free(block);
        return NULL;
    default:
        return heap_malloc(r->size_bytes, place_of(r));
    }
}

#endif
