/* SPDX-License-Identifier: MIT */
/* The alignment of a block is noted for realloc, in its last word: log2, in granules. */
#include "tiny_aligned.h"
#include "tiny_malloc.h"

/* Of the block p, what is behind its length goes back, if that is worth it. */
static void trim_end(uintptr_t p, granule all, granule length)
{
    if (!tiny_is_worth(all - length, length))
        return;
    uintptr_t q = tiny_behind(p, length);
    tiny_say(p, length, TINY_BLOCK | (tiny_says(p) & TINY_AFTER_FREE));
    tiny_say(q, all - length, TINY_BLOCK);
    tiny_count_given(all - length);
    tiny_give(q, tiny_says(q));
}

/* And what is in front of start, which is a whole extent or nothing. The length of the block
 * there. */
static granule trim_front(uintptr_t p, granule all, uintptr_t start)
{
    granule front = (granule)((start - p) >> GRANULE_SHIFT);
    if (front == 0)
        return all;
    tiny_say(p, front, TINY_BLOCK);
    tiny_say(start, all - front, TINY_BLOCK);
    tiny_count_given(front);
    tiny_give(p, tiny_says(p));
    return all - front;
}

static void note_alignment(uintptr_t p, unsigned log2)
{
    *tiny_header(p) += TINY_ALIGNED;
    *tiny_last_word(tiny_behind(p, tiny_length_of(tiny_says(p)))) = log2;
}

static uintptr_t take_aligned(granule length, unsigned log2)
{
    uintptr_t step = (uintptr_t)GRANULE_BYTES << log2;
    uintptr_t p = tiny_take(length + (1u << log2) - 1 + TINY_LEAST);
    if (p == 0)
        return 0;
    uintptr_t start = align_up(p, step);
    if (start != p && start - p < TINY_LEAST * GRANULE_BYTES)
        start += step;
    granule all = trim_front(p, tiny_length_of(tiny_says(p)), start);
    trim_end(start, all, length);
    note_alignment(start, log2);
    return start;
}

void *tiny_malloc_aligned(size_t size, unsigned log2, const void *call_site)
{
    hak_mask state = hak_port_mask();
    if (size > PTRDIFF_MAX) {
        tiny_done(state, HAK_FAULT_SIZE, NULL, call_site);
        return NULL;
    }
    size_t with_note = (size < TINY_SMALLEST ? TINY_SMALLEST : size) + sizeof(hak_word);
    bool may_be =
        with_note < tiny.most && (size_t)GRANULE_BYTES << log2 < tiny.most && log2 < TINY_TAG_BITS;
    uintptr_t p = may_be ? take_aligned(tiny_granules_for(with_note), log2) : 0;
    tiny.failures = (uint16_t)(tiny.failures + (p == 0));
    tiny_end(state, call_site);
    return (void *)p;
}
