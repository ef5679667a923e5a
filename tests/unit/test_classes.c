/* SPDX-License-Identifier: MIT */
/* classes.h: the plan, and the arithmetic of a class. */
#include "unit.h"

static hak_class classes[CLASSES_MOST];
static uint8_t kind_of[1 << 16];
enum { LEAST_PAGE = PAGE_UNITS_LEAST * UNIT_BYTES };

static bool class_is_sound(const hak_class *c, size_t largest_page_bytes)
{
    size_t page = (size_t)c->units << UNIT_SHIFT, blocks = c->used_bytes / c->stride;
    HOLDS(c->stride % GRANULE_BYTES == 0 && c->used_bytes % c->stride == 0);
    HOLDS(page <= largest_page_bytes && (page & (page - 1)) == 0);
    HOLDS(blocks >= 1 && blocks < WORD_BITS && c->used_bytes <= page);
    HOLDS(blocks == marks_blocks((uint32_t)page, c->stride) ||
          (blocks == WORD_BITS - 1 && blocks + 1 == marks_blocks((uint32_t)page, c->stride)));
    HOLDS(hak_port_popcount(c->full) == blocks && hak_port_ctz(c->full) == 0);
    HOLDS(c->blocks == blocks && c->stride < 65536 && page <= 65536);
    HOLDS(c->full == (ONE << blocks) - 1 && (c->full & PAGE_KNOWN) == 0);
    /* No offset is taken for a block's but those of blocks. */
    for (uint32_t offset = 0; offset < page; offset++) {
        bool is_block = offset < c->used_bytes && offset % c->stride == 0;
        HOLDS((class_index(c, offset) * c->stride == offset) == is_block);
        HOLDS(!is_block || class_index(c, offset) == offset / c->stride);
    }
    return true;
}

static bool plan_is_sound(size_t heap_bytes)
{
    hak_class_plan plan = classes_plan(heap_bytes, pool_class_bytes());
    HOLDS(plan.largest_page_bytes >= UNIT_BYTES && plan.largest_page_bytes <= 65536);
    HOLDS((plan.largest_page_bytes & (plan.largest_page_bytes - 1)) == 0);
    HOLDS(plan.page_bytes <= plan.largest_page_bytes);
    HOLDS(plan.page_bytes <= LEAST_PAGE || plan.page_bytes <= heap_bytes / 128);
    HOLDS(plan.count <= CLASSES_MOST && plan.count * pool_class_bytes() <= heap_bytes / 16);
    HOLDS(heap_bytes >= 16 * LEAST_PAGE || plan.count == 0);
    if (plan.count == 0)
        return true;
    HOLDS(plan.limit_bytes != 0 && plan.limit_bytes % GRANULE_BYTES == 0);
    classes_make(plan, classes, kind_of);
    for (size_t size = 1; size <= plan.limit_bytes; size++) {
        unsigned index = kind_of[(size - 1) >> GRANULE_SHIFT] - 1u;
        HOLDS(index < plan.count && classes[index].stride >= size);
        HOLDS(index == 0 || classes[index - 1].stride < size);
        if (index == 0)
            continue;
        /* At most a quarter is lost, nothing but the granule below 16 of them. */
        HOLDS(classes[index].stride - size < GRANULE_BYTES + size / 4);
        HOLDS(size > 16 * GRANULE_BYTES || classes[index].stride - size < GRANULE_BYTES);
    }
    HOLDS(classes[0].stride == PAGE_UNITS_LEAST * GRANULE_BYTES);
    for (unsigned i = 0; i < plan.count; i++)
        HOLDS(class_is_sound(&classes[i], plan.largest_page_bytes));
    return true;
}

static void test_plans(void)
{
    for (unsigned log2 = 10; log2 <= (WORD_BITS == 64 ? 36 : 30); log2++)
        for (size_t part = log2 % unit_step(); part < 4; part += unit_step())
            KIT_CHECK(plan_is_sound((4 + part) << (log2 - 2)));
}

static const kit_case classes_tests_cases[] = {{"classes_plans", test_plans}};
UNIT_SUITE(classes_tests);
