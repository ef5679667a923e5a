/* SPDX-License-Identifier: MIT */
#include "classes.h"
#include "policy.h"
#include "region.h"

enum {
    LEAST_PAGE = PAGE_UNITS_LEAST * UNIT_BYTES,
    LARGEST_PAGE = LARGEST_PAGE_UNITS * UNIT_BYTES,
    PAGES_PER_HEAP = 256,   /* the usual page is 1/256 to 1/512 of the heap */
    TABLES_PER_HEAP = 16,   /* the classes' tables take at most 1/16 of the heap */
    BLOCKS_LEAST = 4,       /* in a page of the largest class */
    FEW_BLOCKS = 8,         /* a page of fewer is made only ... */
    PATIENCE_FOR_FEW = 150, /* ... after so many requests */
    RESERVE = 5,            /* pages are made while so many twentieths of it are free */
    ALL = 65536,            /* the whole heap, as hak_class.reserve counts */
    /* Granules of the smallest class: 31 blocks of one would leave half of the smallest
     * page of 32-bit targets unused. */
    SMALLEST = PAGE_UNITS_LEAST,
    EXACT = 16, /* granules up to which each size has its own class */
    STEPS = 4   /* classes in each doubling above */
};

/* The smallest size above so many granules that the policy gives its own class. */
static uint32_t next_own(uint32_t granules)
{
    uint32_t next = UINT32_MAX;
    for (unsigned i = 0; i < POLICY_OWN; i++)
        if (policy_now->own[i] > granules && policy_now->own[i] < next)
            next = policy_now->own[i];
    return next;
}

/* The granules of the class behind the one of so many granules. */
static uint32_t next_stride(uint32_t granules)
{
    if (granules < EXACT)
        return granules + 1;
    uint32_t step = (1u << top_bit(granules)) / STEPS, own = next_own(granules);
    uint32_t next = (hak_port_divide(granules, step) + 1) * step;
    return own < next ? own : next;
}

static unsigned count_up_to(size_t limit_bytes)
{
    unsigned count = 0;
    for (uint32_t g = SMALLEST; g <= limit_bytes / GRANULE_BYTES; g = next_stride(g))
        count++;
    return count;
}

/* Does the policy want the largest pages for some size up to the limit? */
static bool wants_larger(size_t limit_bytes)
{
    uint32_t limit = (uint32_t)(limit_bytes >> GRANULE_SHIFT);
    for (uint32_t g = SMALLEST; g <= limit; g = next_stride(g))
        if (policy_of_size(g).page_log2 >= POLICY_PAGE_LOG2_MOST)
            return true;
    return false;
}

hak_class_plan classes_plan(size_t heap_bytes, size_t bytes_per_class)
{
    hak_class_plan plan = {UNIT_BYTES, UNIT_BYTES, 0, 0};
    if (heap_bytes < 16 * LEAST_PAGE)
        return plan;
    plan.page_bytes = LEAST_PAGE;
    while (plan.page_bytes < LARGEST_PAGE / 2 && plan.page_bytes * 2 <= heap_bytes / PAGES_PER_HEAP)
        plan.page_bytes *= 2;
    plan.largest_page_bytes = plan.page_bytes * 2;
    plan.limit_bytes = plan.largest_page_bytes / BLOCKS_LEAST;
    plan.count = count_up_to(plan.limit_bytes);
    while (plan.count * bytes_per_class > heap_bytes / TABLES_PER_HEAP) {
        plan.limit_bytes /= 2;
        plan.count = count_up_to(plan.limit_bytes);
    }
    if (wants_larger(plan.limit_bytes) && plan.largest_page_bytes < LARGEST_PAGE)
        plan.largest_page_bytes *= 2;
    return plan;
}

/* What suits the heap, or what the policy makes of it. */
static size_t page_bytes_for(hak_class_plan plan, unsigned log2)
{
    size_t bytes = plan.page_bytes << (log2 < POLICY_PAGE_LOG2_MOST ? log2 : POLICY_PAGE_LOG2_MOST);
    return bytes < plan.largest_page_bytes ? bytes : plan.largest_page_bytes;
}

/*
 * Ever so little more than 2^32 / stride: the index of a block comes out right up to
 * the last one, and one too high, or more, behind it. Times the stride that is no
 * longer the offset, and so nothing behind the last block is taken for one.
 */
static uint32_t reciprocal_for(uint32_t stride, uint32_t blocks)
{
    uint64_t one = (uint64_t)1 << 32, excess = hak_port_divide_64(one + blocks - 1, blocks);
    return (uint32_t)hak_port_divide_64(one + excess + stride - 1, stride);
}

/* The largest page that the blocks of one word fill, but no larger than suits
 * the heap; larger still if it would hold too few. */
static void choose_page(hak_class *c, size_t page_bytes)
{
    uint32_t page = LEAST_PAGE;
    while (page < page_bytes && page * 2 <= c->stride * WORD_BITS)
        page *= 2;
    while (page < c->stride * BLOCKS_LEAST)
        page *= 2;
    uint32_t blocks = marks_blocks(page, c->stride);
    if (blocks > CLASSES_BLOCKS_MOST)
        blocks = CLASSES_BLOCKS_MOST;
    c->units = (uint16_t)(page >> UNIT_SHIFT);
    c->blocks = (uint16_t)blocks;
    c->used_bytes = blocks * c->stride;
    c->full = (ONE << blocks) - 1;
    c->reciprocal = reciprocal_for(c->stride, blocks);
}

unsigned classes_patience(unsigned blocks)
{
    return blocks >= FEW_BLOCKS ? blocks / 4 : PATIENCE_FOR_FEW;
}

void classes_apply(hak_class *c)
{
    hak_policy_size p = policy_of_size(c->stride >> GRANULE_SHIFT);
    unsigned patience = p.patience < POLICY_PATIENCE_MOST ? p.patience : POLICY_PATIENCE_MOST;
    unsigned parts = p.reserve <= POLICY_PARTS + 1 ? p.reserve : 0;
    c->patience = (uint16_t)(patience != 0 ? (1u << patience) - 2 : classes_patience(c->blocks));
    unsigned reserve = hak_port_divide((parts != 0 ? parts - 1 : RESERVE) * ALL, POLICY_PARTS);
    c->reserve = (uint16_t)(reserve < ALL ? reserve : ALL - 1);
}

unsigned classes_page_blocks(hak_class_plan plan, uint32_t stride_bytes, unsigned page_log2)
{
    hak_class c; /* what it is made of is written there */
    c.stride = stride_bytes;
    plan.largest_page_bytes = LARGEST_PAGE;
    choose_page(&c, page_bytes_for(plan, page_log2));
    return c.blocks;
}

void classes_make(hak_class_plan plan, hak_class *classes, uint8_t *kind_of)
{
    uint32_t granules = SMALLEST, done = 0;
    for (unsigned i = 0; i < plan.count; i++, granules = next_stride(granules)) {
        hak_class *c = &classes[i];
        c->stride = granules << GRANULE_SHIFT;
        choose_page(c, page_bytes_for(plan, policy_of_size(granules).page_log2));
        classes_apply(c);
        while (done < granules)
            kind_of[done++] = (uint8_t)(i + 1);
    }
}
