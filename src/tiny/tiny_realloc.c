/* SPDX-License-Identifier: MIT */
#include "tiny_aligned.h"
#include "tiny_malloc.h"

/* The block [g, g + length) takes the free extent behind it. Its new length. */
static granule grow(granule g, granule length)
{
    granule behind = g + length, more = tiny_length(behind);
    tiny_leave(behind, more);
    tiny_clear_begin(behind);
    return length + more;
}

/* Longer or shorter in place; false: there is no room behind it. */
static bool resize(granule g, granule old, granule length)
{
    granule all = old;
    if (length > old) {
        if (!tiny_is_free(g + old) || old + tiny_length(g + old) < length)
            return false;
        all = grow(g, old);
    }
    if (all > length)
        tiny_set_begin(g + length);
    tiny_note_length(g, length);
    if (all > length)
        tiny_give(g + length, all - length);
    if (length > old)
        tiny_count_taken(length - old);
    else
        tiny_count_given(old - length);
    return true;
}

/* What realloc can do without moving the block. */
typedef struct old_block {
    granule start, length;
    unsigned alignment_log2;
    bool resized;
} old_block;

static old_block resize_in_place(void *block, size_t size, const void *call_site)
{
    hak_mask state = hak_port_mask();
    old_block old = {tiny_block(block, state, call_site), 0, 0, false};
    if (old.start == 0)
        return old;
    old.length = tiny_length(old.start);
    old.alignment_log2 = tiny_alignment(old.start, old.length);
    size_t length = granules_for(size);
    size_t least = old.alignment_log2 + 1u; /* the note of it stays inside the block */
    if (least > old.length)
        least = old.length;
    if (length < least)
        length = least;
    old.resized = length <= HAK_TINY_GRANULES && resize(old.start, old.length, (granule)length);
    tiny_end(state, call_site);
    return old;
}

static void *realloc_from(void *block, size_t size, const void *call_site)
{
    if (block == NULL)
        return tiny_malloc(size, call_site);
    if (size > PTRDIFF_MAX) {
        tiny_done(hak_port_mask(), HAK_FAULT_SIZE, block, call_site);
        return NULL;
    }
    old_block old = resize_in_place(block, size, call_site);
    if (old.resized)
        return block;
    if (old.start == 0)
        return NULL;
    void *moved = old.alignment_log2 == 0
                      ? tiny_malloc(size, call_site)
                      : tiny_malloc_aligned(size, old.alignment_log2, call_site);
    if (moved == NULL)
        return NULL;
    /* It did not fit behind the block, so the new size is the larger one. */
    hak_port_copy(moved, block, (size_t)old.length << GRANULE_SHIFT);
    hak_free(block);
    return moved;
}

void *hak_realloc(void *block, size_t size)
{
    return realloc_from(block, size, __builtin_return_address(0));
}

void *hak_realloc_at(void *block, size_t size, const hak_site *site)
{
    return realloc_from(block, size,
                        site != NULL ? (const void *)site : __builtin_return_address(0));
}
