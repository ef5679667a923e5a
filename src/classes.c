/* SPDX-License-Identifier: MIT */
#include "classes.h"

enum {
    LARGEST_PAGE = LARGEST_PAGE_UNITS * UNIT_BYTES,
    PAGES_PER_HEAP = 256,   /* the usual page is 1/256 to 1/512 of the heap */
    TABLES_PER_HEAP = 16,   /* the classes' tables take at most 1/16 of the heap */
    BLOCKS_LEAST = 4,       /* in a page of the largest class */
    FEW_BLOCKS = 8,         /* a page of fewer is made only ... */
    PATIENCE_FOR_FEW = 150, /* ... after so many requests */
    EXACT = 16,             /* granules up to which each size has its own class */
    STEPS = 4               /* classes in each doubling above */
};

/* The granules of the class behind the one of so many granules. */
static uint32_t next_stride(uint32_t granules)
{
    if (granules < EXACT)
        return granules + 1;
    return granules + (1u << top_bit(granules)) / STEPS;
}

static unsigned count_up_to(size_t limit_bytes)
{
    unsigned count = 0;
    for (uint32_t g = 1; g <= limit_bytes / GRANULE_BYTES; g = next_stride(g))
        count++;
    return count;
}

hak_class_plan classes_plan(size_t heap_bytes, size_t bytes_per_class)
{
    hak_class_plan plan = {UNIT_BYTES, UNIT_BYTES, 0, 0};
    if (heap_bytes < 16 * UNIT_BYTES)
        return plan;
    while (plan.page_bytes < LARGEST_PAGE / 2 && plan.page_bytes * 2 <= heap_bytes / PAGES_PER_HEAP)
        plan.page_bytes *= 2;
    plan.largest_page_bytes = plan.page_bytes * 2;
    plan.limit_bytes = plan.largest_page_bytes / BLOCKS_LEAST;
    plan.count = count_up_to(plan.limit_bytes);
    while (plan.count * bytes_per_class > heap_bytes / TABLES_PER_HEAP) {
        plan.limit_bytes /= 2;
        plan.count = count_up_to(plan.limit_bytes);
    }
    return plan;
}

/* The largest page that the blocks of one word fill, but no larger than suits
 * the heap; larger still if it would hold too few. */
static void choose_page(hak_class *c, size_t page_bytes)
{
    uint32_t page = UNIT_BYTES;
    while (page < page_bytes && page * 2 <= c->stride * WORD_BITS)
        page *= 2;
    while (page < c->stride * BLOCKS_LEAST)
        page *= 2;
    uint32_t blocks = marks_blocks(page, c->stride);
    c->units = (uint16_t)(page >> UNIT_SHIFT);
    c->blocks = (uint16_t)blocks;
    c->patience = blocks >= FEW_BLOCKS ? blocks / 4 : PATIENCE_FOR_FEW;
    c->used_bytes = blocks * c->stride;
    c->full = blocks == WORD_BITS ? ~(hak_word)0 : (ONE << blocks) - 1;
}

void classes_make(hak_class_plan plan, hak_class *classes, uint8_t *kind_of)
{
    uint32_t granules = 1, done = 0;
    for (unsigned i = 0; i < plan.count; i++, granules = next_stride(granules)) {
        hak_class *c = &classes[i];
        c->stride = granules << GRANULE_SHIFT;
        c->reciprocal = (uint32_t)((((uint64_t)1 << 32) + c->stride - 1) / c->stride);
        choose_page(c, plan.page_bytes);
        while (done < granules)
            kind_of[done++] = (uint8_t)(i + 1);
    }
}
