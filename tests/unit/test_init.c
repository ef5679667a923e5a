/* SPDX-License-Identifier: MIT */
/* init.c: regions come in any order, and are told apart. */
#include "unit.h"

enum { REGIONS = HAK_REGIONS, PART = 40000, STRIDE = 50000 };

/* Every order in which `count` regions can arrive, by the factorial system. */
static void order_of(unsigned number, unsigned count, unsigned *order)
{
    unsigned left[REGIONS];
    for (unsigned i = 0; i < count; i++)
        left[i] = i;
    for (unsigned i = 0; i < count; i++) {
        unsigned k = number % (count - i);
        number /= count - i;
        order[i] = left[k];
        for (; k + 1 < count - i; k++)
            left[k] = left[k + 1];
    }
}

/* Region k lies at k * stride; without gaps if the stride is the size. */
static bool arrive(unsigned count, unsigned number, size_t size, size_t stride)
{
    unsigned order[REGIONS] = {0};
    unsigned char *ram = unit_ram(stride * count, 0);
    order_of(number, count, order);
    unit_forget();
    for (unsigned i = 0; i < count; i++) {
        unsigned char *start = ram + order[i] * stride;
        HOLDS((i == 0 ? hak_init(start, size) : hak_add_region(start, size)) == HAK_OK);
        HOLDS(hak_check() == NULL);
    }
    for (unsigned k = 0; k < count; k++) {
        hak_region *r = run_region_of(ram + k * stride + size / 2);
        HOLDS(r != NULL && r->start - (uintptr_t)(ram + k * stride) < GRANULE_BYTES);
        HOLDS(run_region_of(region_address(r, r->first)) == r);
        HOLDS(run_region_of(region_address(r, r->end - 1)) == r);
        HOLDS(stride == size || run_region_of(ram + k * stride + size) == NULL);
    }
    return unit_guards_hold();
}

/* All memory of all regions is handed out and taken back. */
static bool use_up(unsigned count)
{
    static void *block[REGIONS * PART / 512];
    hak_stats stats;
    unsigned blocks = 0;
    hak_stats_get(&stats);
    size_t free_bytes = stats.free_bytes;
    while ((block[blocks] = hak_malloc(1000)) != NULL)
        blocks++;
    HOLDS(blocks * 1008u > free_bytes - count * 1200u);
    HOLDS(hak_check() == NULL);
    for (unsigned i = 0; i < blocks; i++)
        hak_free(block[i]);
    hak_stats_get(&stats);
    HOLDS(stats.live_bytes == 0 && hak_check() == NULL && unit_faults == 0);
    return true;
}

static void test_orders(void)
{
    unsigned orders = 1;
    for (unsigned count = 1; count <= REGIONS; count++) {
        orders *= count;
        for (unsigned number = 0; number < orders; number += 1 + orders / 50) {
            KIT_CHECK(arrive(count, number, PART, STRIDE) && use_up(count));
            KIT_CHECK(arrive(count, number, PART, PART) && use_up(count));
        }
    }
}

static void test_refused(void)
{
    unsigned char *ram = unit_ram(10 * STRIDE, 0);
    unit_forget();
    KIT_CHECK(hak_add_region(ram, PART) == HAK_ERR_NOT_INIT);
    KIT_CHECK(arrive(REGIONS, 0, PART, STRIDE));
    hak_stats before, after;
    hak_stats_get(&before);
    KIT_CHECK(hak_init(ram + 9 * STRIDE, PART) == HAK_ERR_TWICE);
    KIT_CHECK(hak_add_region(ram + 9 * STRIDE, PART) == HAK_ERR_REGIONS);
    KIT_CHECK(arrive(1, 0, PART, STRIDE));
    ram = (unsigned char *)run.first.start;
    KIT_CHECK(hak_add_region(ram, PART) == HAK_ERR_OVERLAP);
    KIT_CHECK(hak_add_region(ram + PART - 16, PART) == HAK_ERR_OVERLAP);
    KIT_CHECK(hak_add_region(ram - PART + 16, PART) == HAK_ERR_OVERLAP);
    KIT_CHECK(hak_add_region(ram + 8192, 2048) == HAK_ERR_OVERLAP);
    KIT_CHECK(hak_add_region(ram - 2048, 3 * PART) == HAK_ERR_OVERLAP);
    KIT_CHECK(hak_add_region(NULL, PART) == HAK_ERR_NULL);
    KIT_CHECK(hak_add_region(ram + PART, 0) == HAK_ERR_ZERO);
    KIT_CHECK(hak_add_region(ram + PART, HAK_HEAP_MIN - 1) == HAK_ERR_TOO_SMALL);
    KIT_CHECK(hak_add_region(ram + PART, SIZE_MAX) == HAK_ERR_WRAP);
    hak_stats_get(&after);
    KIT_CHECK(after.heap_bytes == run.first.maps.base + run.first.maps.span - run.first.start);
    KIT_CHECK(hak_check() == NULL && unit_guards_hold());
    KIT_CHECK(hak_add_region(ram + PART, PART) == HAK_OK); /* touches, but does not overlap */
    hak_stats_get(&after);
    KIT_CHECK(after.heap_bytes == 2 * PART && hak_check() == NULL);
}

/* "Then nothing was touched": a refused range keeps its contents. */
static void test_refused_untouched(void)
{
    KIT_CHECK(arrive(1, 0, PART, STRIDE));
    unsigned char *ram = (unsigned char *)run.first.start;
    unsigned char kept[512];
    KIT_CHECK(hak_malloc(PART - 6000) != NULL);
    unsigned char *inside = ram + PART - 3000;
    for (unsigned i = 0; i < 512; i++)
        kept[i] = inside[i];
    KIT_CHECK(hak_add_region(inside, 2048) == HAK_ERR_OVERLAP);
    KIT_CHECK(hak_init(inside, 2048) == HAK_ERR_TWICE);
    for (unsigned i = 0; i < 512; i++)
        KIT_CHECK(kept[i] == inside[i]);
    KIT_CHECK(hak_check() == NULL);
}

/* Pages and blocks of each size in every region. */
static void test_pages_everywhere(void)
{
    static void *block[3][6000];
    static const size_t size[3] = {24, 100, 700};
    unsigned count[3] = {0, 0, 0};
    KIT_CHECK(arrive(REGIONS, 5, 100000, 100000));
    for (unsigned i = 0; i < 18000; i++) {
        unsigned k = i % 3;
        void *p = hak_malloc(size[k]);
        if (p != NULL)
            block[k][count[k]++] = p;
    }
    KIT_CHECK(hak_check() == NULL);
    uint64_t seen = 0;
    for (unsigned k = 0; k < 3; k++)
        for (unsigned i = 0; i < count[k]; i++) {
            hak_region *r = run_region_of(block[k][i]);
            KIT_CHECK(r != NULL && hak_usable_size(block[k][i]) >= size[k]);
            seen |= (uint64_t)1 << r->maps.index;
            hak_free(block[k][i]);
        }
    KIT_CHECK(seen == ((uint64_t)1 << REGIONS) - 1 && hak_check() == NULL && unit_faults == 0);
}

static const kit_case init_tests_cases[] = {
    {"init_orders", test_orders},
    {"init_refused", test_refused},
    {"init_refused_untouched", test_refused_untouched},
    {"init_pages_everywhere", test_pages_everywhere},
};
UNIT_SUITE(init_tests);
