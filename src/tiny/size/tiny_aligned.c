/* SPDX-License-Identifier: MIT */
/*
 * The alignment of a block is noted for realloc: by the live bit that is log2 bits
 * behind the block's own. Since base is a multiple of 8 granules, that is in the same
 * unit up to log2 = 7, 1 KiB on 32-bit targets. If it is not, the unit's last bit means
 * "as its address is", which may be more.
 */
#include "tiny_aligned.h"
#include "tiny_alignment.h"
#include "tiny_malloc.h"

unsigned tiny_alignment(granule g, granule length)
{
    unsigned b = tiny_bit_of(g);
    hak_word inside = ~TINY_FIRST_BIT >> b;
    if (length < WORD_BITS)
        inside -= inside >> (length - 1);
    hak_word noted = tiny_unit_of(g)->live & inside;
    if (noted == 0)
        return 0;
    if ((noted & 1) != 0)
        return hak_port_ctz((uintptr_t)tiny_address(g) >> GRANULE_SHIFT);
    return hak_port_clz(noted) - b;
}

static void note_alignment(granule g, unsigned log2)
{
    hak_word bit = TINY_FIRST_BIT >> tiny_bit_of(g);
    hak_word noted = log2 < WORD_BITS ? bit >> log2 : 0;
    tiny_unit_of(g)->live |= bit | (noted != 0 ? noted : 1);
}

/* The block [g, g + all) loses what is in front of start, and what is behind its length:
 *   | front | start, length | rest |
 */
static void trim(granule g, granule all, granule start, granule length, unsigned log2)
{
    granule front = start - g, rest = all - front - length;
    if (front != 0)
        tiny_set_begin(start);
    if (rest != 0)
        tiny_set_begin(start + length);
    tiny_note_length(start, length);
    note_alignment(start, log2); /* live before a neighbour is given back */
    if (front != 0) {
        tiny_note_length(g, front);
        tiny_give(g, front);
    }
    if (rest != 0)
        tiny_give(start + length, rest);
}

/* Granule numbers of aligned addresses are multiples but for this. */
static granule aligned_start(granule g, granule alignment)
{
    granule phase = (granule)(tiny.base >> GRANULE_SHIFT);
    return ((g + phase + alignment - 1) & (0 - alignment)) - phase;
}

static granule take_aligned(size_t length, unsigned log2)
{
    if (length > HAK_TINY_GRANULES || log2 > 16)
        return 0;
    granule all = (granule)length + (1u << log2) - 1, g = tiny_take(all);
    if (g == 0)
        return 0;
    granule start = aligned_start(g, 1u << log2);
    trim(g, all, start, (granule)length, log2);
    tiny_count_taken((granule)length);
    return start;
}

void *tiny_malloc_aligned(size_t size, unsigned log2, const void *call_site)
{
    hak_mask state = hak_port_mask();
    if (size > PTRDIFF_MAX) {
        tiny_done(state, HAK_FAULT_SIZE, NULL, call_site);
        return NULL;
    }
    size_t length = granules_for(size);
    granule g = take_aligned(length > log2 ? length : log2 + 1, log2);
    void *block = g != 0 ? tiny_address(g) : NULL;
    tiny.failures = (uint16_t)(tiny.failures + (g == 0));
    tiny_end(state, call_site);
    return block;
}
