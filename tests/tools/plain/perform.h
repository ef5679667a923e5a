/* SPDX-License-Identifier: MIT */
/* A record of a trace as a call of the library. */
#ifndef PERFORM_H
#define PERFORM_H

static void *perform(const trace_record *r, void *block)
{
    switch (r->op) {
    case TRACE_CALLOC:
        return hak_calloc(1, r->size_bytes);
    case TRACE_REALLOC:
        return hak_realloc(block, r->size_bytes);
    case TRACE_ALIGNED:
        return hak_aligned_alloc((size_t)1 << r->align_log2, r->size_bytes);
    case TRACE_FREE:
        hak_free(block);
        return NULL;
    default:
        return hak_malloc(r->size_bytes);
    }
}

#endif
