/* SPDX-License-Identifier: MIT */
/* tagged.c: blocks in regions with properties. */
#include "test_tagged.h"

static unsigned char *ram;

unsigned char *tagged_ram(void) { return ram; }

bool start(void)
{
    ram = unit_ram((4 + PARTS) * STRIDE, 0);
    unit_forget();
    HOLDS(hak_init(ram, HEAP) == HAK_OK);
    return true;
}

bool is_whole(void)
{
    const char *broken = hak_check();
    if (broken != NULL)
        kit_print("hak_check: %s\n", broken);
    HOLDS(broken == NULL && unit_guards_hold());
    return true;
}

size_t index_of(unsigned i, hak_region_stats *stats)
{
    for (unsigned k = 0; hak_region_stats_get(k, stats) == HAK_OK; k++)
        if (stats->start == (void *)part(i))
            return k;
    return SIZE_MAX;
}

bool reads(const unsigned char *p, size_t bytes, unsigned seed)
{
    for (size_t i = 0; i < bytes; i++)
        HOLDS(p[i] == (unsigned char)(seed + i * 7));
    return true;
}

void write_to(unsigned char *p, size_t bytes, unsigned seed)
{
    for (size_t i = 0; i < bytes; i++)
        p[i] = (unsigned char)(seed + i * 7);
}

/* Each request from the region with the fewest tags that has all of these. */
static void test_choice(void)
{
    static const uint32_t tags[] = {FAST | DMA | KEPT, FAST | DMA, FAST, DMA,
                                    HAK_MEMORY_USER << 28};
    static const struct {
        uint32_t wanted;
        unsigned from;
    } ask[] = {{FAST, 2},
               {DMA, 3},
               {KEPT, 0},
               {FAST | DMA, 1},
               {FAST | KEPT, 0},
               {DMA | KEPT, 0},
               {FAST | DMA | KEPT, 0},
               {HAK_MEMORY_USER << 28, 4}};
    KIT_CHECK(start());
    for (unsigned i = 0; i < 5; i++)
        KIT_CHECK(hak_add_region_tagged(part(i), PART, tags[i]) == HAK_OK);
    for (unsigned i = 0; i < 8; i++)
        for (size_t size = 0; size < 5000; size = size * 3 + 1) {
            unsigned char *p = hak_malloc_in(ask[i].wanted, size);
            KIT_CHECK(p != NULL && lies_in(p, ask[i].from) && hak_usable_size(p) >= size);
            KIT_CHECK((uintptr_t)p % HAK_GRANULE == 0 &&
                      hak_usable_size(p) < size + 2 * HAK_GRANULE);
            hak_free(p);
        }
    /* What a full region cannot give, one with more tags gives. */
    unsigned seen = 0;
    for (void *p; (p = hak_malloc_in(FAST, 1000)) != NULL;) {
        unsigned at = lies_in(p, 2) ? 0 : lies_in(p, 1) ? 1 : lies_in(p, 0) ? 2 : 9;
        KIT_CHECK(at >= seen && at < 9);
        seen = at;
    }
    KIT_CHECK(seen == 2 && hak_malloc_in(DMA, 1000) != NULL && hak_malloc_in(KEPT, 1000) == NULL);
    /* Tags that no region has, or no single one. */
    KIT_CHECK(hak_malloc_in(HAK_MEMORY_USER, 1) == NULL);
    KIT_CHECK(hak_malloc_in(HAK_MEMORY_USER << 28 | FAST, 1) == NULL);
    KIT_CHECK(is_whole() && unit_faults == 0);
}

/* hak_malloc and all that serves it leave tagged memory alone, even if nothing else is left. */
static void test_apart(void)
{
    KIT_CHECK(start());
    for (unsigned i = 0; i < 3; i++)
        KIT_CHECK(hak_add_region_tagged(part(i), PART, DMA) == HAK_OK);
    hak_stats before, after;
    hak_stats_get(&before);
    KIT_CHECK(before.heap_bytes == HEAP && before.free_bytes < HEAP);
    static const size_t size[] = {24, 100, 700, 9000, 0};
    for (unsigned i = 0; i < 20000; i++) {
        char *p = i % 9 == 8 ? hak_aligned_alloc(256, 300) : hak_malloc(size[i % 5]);
        KIT_CHECK(p == NULL || (p >= (char *)ram && p < (char *)ram + HEAP));
        KIT_CHECK(p == NULL || region_kind_at(&run.first.maps, p) < 60);
    }
    hak_stats_get(&before);
    KIT_CHECK(before.failures != 0);
    void *dma = hak_malloc_in(DMA, 50000);
    KIT_CHECK(dma != NULL && hak_malloc_in(0, 50000) == NULL);
    hak_stats_get(&after);
    KIT_CHECK(after.live_blocks == before.live_blocks && after.live_bytes == before.live_bytes);
    KIT_CHECK(after.taken_bytes == before.taken_bytes && after.peak_bytes == before.peak_bytes);
    KIT_CHECK(after.free_bytes == before.free_bytes && after.malloc_run == before.malloc_run);
    KIT_CHECK(after.failures == before.failures + 1 && after.heap_bytes == HEAP);
    hak_free(dma);
    KIT_CHECK(is_whole() && unit_faults == 0);
}

/* No two blocks share a line; neighbours in the same region, with and without lines. */
static bool lines(uint32_t tags, size_t line)
{
    enum { BLOCKS = 24 };
    unsigned char *block[BLOCKS];
    uint64_t random = line + tags;
    for (unsigned i = 0; i < BLOCKS; i++) {
        size_t size = (size_t)kit_random(&random) % 300;
        if (i % 3 == 2) {
            HOLDS((block[i] = hak_malloc_in(tags, size)) != NULL);
            continue;
        }
        HOLDS((block[i] = hak_malloc_lines(tags, line, size)) != NULL);
        size_t usable = hak_usable_size(block[i]), least = line > HAK_GRANULE ? line : HAK_GRANULE;
        HOLDS((uintptr_t)block[i] % line == 0 && usable % least == 0);
        HOLDS(usable >= size && usable < size + least + (size == 0));
    }
    for (unsigned i = 0; i < BLOCKS; i += 2) { /* holes: links come to lie beside the lines */
        hak_free(block[i]);
        block[i] = NULL;
    }
    for (unsigned i = 0; i < BLOCKS; i++) {
        if (block[i] == NULL || i % 3 == 2)
            continue;
        size_t size = (size_t)kit_random(&random) % 600;
        HOLDS((block[i] = hak_realloc(block[i], size)) != NULL);
        HOLDS((uintptr_t)block[i] % line == 0);
        HOLDS(tags == 0 || hak_usable_size(block[i]) % line == 0 || line < HAK_GRANULE);
    }
    HOLDS(is_whole());
    for (unsigned i = 0; i < BLOCKS; i++)
        hak_free(block[i]);
    return is_whole();
}

static void test_lines(void)
{
    KIT_CHECK(start());
    KIT_CHECK(hak_add_region_tagged(part(0) + 8, PART, DMA) == HAK_OK);
    for (size_t line = 1; line <= 1024; line *= 2)
        KIT_CHECK(lines(DMA, line) && lines(0, line));
    hak_region_stats stats;
    KIT_CHECK(hak_region_stats_get(1, &stats) == HAK_OK && stats.live_blocks == 0);
    KIT_CHECK(hak_malloc_lines(DMA, (size_t)1 << 20, 1) == NULL);
    KIT_CHECK(hak_malloc_lines(DMA, ENDLESS, 1) == NULL && unit_faults == 0);
    KIT_CHECK(hak_malloc_lines(DMA, 0, 1) == NULL && unit_last_fault == HAK_FAULT_ALIGNMENT);
    KIT_CHECK(hak_malloc_lines(0, 48, 1) == NULL && unit_faults == 2);
    KIT_CHECK(hak_malloc_in(DMA, SIZE_MAX) == NULL && unit_last_fault == HAK_FAULT_SIZE);
    KIT_CHECK(hak_malloc_lines(DMA, 64, PTRDIFF_MAX) == NULL && unit_faults == 3);
    KIT_CHECK(hak_malloc_lines(0, 64, PTRDIFF_MAX) == NULL && is_whole());
}

/* realloc: in place where there is room, else to another region of the same tags. */
static void test_realloc(void)
{
    KIT_CHECK(start());
    KIT_CHECK(hak_add_region_tagged(part(0), PART, DMA) == HAK_OK);
    KIT_CHECK(hak_add_region_tagged(part(1), PART, DMA | FAST) == HAK_OK);
    KIT_CHECK(hak_add_region_tagged(part(2), PART, FAST) == HAK_OK);
    unsigned char *p = hak_malloc_in(DMA, 3000), *wall = hak_malloc_in(DMA, 16), *q;
    write_to(p, 3000, 1);
    KIT_CHECK(hak_realloc(p, 1000) == p && hak_realloc(p, 2500) == p && reads(p, 1000, 1));
    q = hak_realloc(p, 4000); /* the wall stands in the way */
    KIT_CHECK(q != p && lies_in(q, 0) && reads(q, 1000, 1) && hak_usable_size(q) == 4000);
    write_to(q, 4000, 2);
    p = hak_realloc(q, 56000); /* its region is too small by now */
    KIT_CHECK(lies_in(p, 1) && reads(p, 4000, 2) && hak_usable_size(p) == 56000);
    hak_free(wall);
    hak_region_stats stats;
    KIT_CHECK(index_of(0, &stats) != SIZE_MAX && stats.live_blocks == 0 && stats.live_bytes == 0);
    /* It has both tags now, and must not go where only one is. */
    write_to(p, 56000, 3);
    KIT_CHECK(hak_realloc(p, 58500) == NULL && reads(p, 56000, 3));
    wall = hak_malloc_in(DMA | FAST, 10);
    KIT_CHECK(lies_in(wall, 1) && hak_realloc(wall, 9000) == NULL);
    KIT_CHECK(lies_in(hak_malloc_in(DMA, 9000), 0) && lies_in(hak_malloc_in(FAST, 9000), 2));
    KIT_CHECK(hak_realloc(p, 0) == p && hak_usable_size(p) == HAK_GRANULE && unit_faults == 0);
    KIT_CHECK(hak_realloc(p, SIZE_MAX) == NULL && unit_faults == 1);
    KIT_CHECK(hak_realloc(p, ENDLESS) == NULL && unit_faults == 1 && is_whole());
    hak_stats heap;
    hak_stats_get(&heap);
    KIT_CHECK(heap.live_blocks == 0 && heap.taken_bytes == 0 && heap.failures == 3);
}

/* A block whose region is retired moves to one with the same tags when it must move. */
static void test_retired_moves(void)
{
    KIT_CHECK(start());
    KIT_CHECK(hak_add_region_tagged(part(0), PART, DMA) == HAK_OK);
    unsigned char *p = hak_malloc_lines(DMA, 64, 1000), *wall = hak_malloc_in(DMA, 100), *q;
    /* the wall is too long for the gap that the alignment may leave before p */
    KIT_CHECK(hak_add_region_tagged(part(1), PART, DMA | KEPT) == HAK_OK);
    write_to(p, 1000, 5);
    KIT_CHECK(hak_region_retire(part(0)) == HAK_OK && hak_region_retire(part(0)) == HAK_OK);
    q = hak_realloc(p, 5000);
    KIT_CHECK(lies_in(q, 1) && reads(q, 1000, 5) && (uintptr_t)q % 64 == 0);
    KIT_CHECK(hak_usable_size(q) == 5056);
    hak_region_stats stats;
    KIT_CHECK(index_of(0, &stats) != SIZE_MAX && stats.retired && stats.live_blocks == 1);
    KIT_CHECK(hak_region_remove(part(0)) == HAK_ERR_LIVE);
    hak_free(wall);
    KIT_CHECK(hak_region_remove(part(0)) == HAK_OK && index_of(0, &stats) == SIZE_MAX);
    KIT_CHECK(is_whole() && unit_faults == 0);
}

/* What is wrong with a pointer into a region with tags. */
static void test_bad_frees(void)
{
    KIT_CHECK(start());
    KIT_CHECK(hak_add_region_tagged(part(0), PART, DMA) == HAK_OK);
    unsigned char *p = hak_malloc_in(DMA, 500), *long_one = hak_malloc_in(DMA, 50000);
    const struct {
        unsigned char *p;
        hak_fault kind;
    } bad[] = {
        {p + 1, HAK_FAULT_MISALIGNED},
        {p + HAK_GRANULE, HAK_FAULT_INTERIOR},
        {long_one + 1024, HAK_FAULT_INTERIOR},
        {part(0), HAK_FAULT_FOREIGN},
        {part(0) + 600, HAK_FAULT_FOREIGN},
        {part(0) - HAK_GRANULE, HAK_FAULT_FOREIGN},
        {part(0) + PART, HAK_FAULT_FOREIGN},
        {(unsigned char *)align_down((uintptr_t)part(0) + PART - 1, GRANULE_BYTES),
         HAK_FAULT_DOUBLE_FREE},
    };
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        unit_faults = 0;
        hak_free(bad[i].p);
        KIT_CHECK(unit_faults == 1 && unit_last_fault == bad[i].kind);
        KIT_CHECK(hak_realloc(bad[i].p, 77) == NULL && unit_last_fault == bad[i].kind);
        KIT_CHECK(hak_usable_size(bad[i].p) == 0 && unit_last_fault == bad[i].kind);
        KIT_CHECK(unit_faults == 3 && is_whole());
    }
    hak_free(p);
    hak_free(p);
    KIT_CHECK(unit_faults == 4 && unit_last_fault == HAK_FAULT_DOUBLE_FREE && is_whole());
}

/* Overwritten links of a free extent: reported, and the list given up. */
static void test_overwritten(void)
{
    KIT_CHECK(start());
    KIT_CHECK(hak_add_region_tagged(part(0), PART, DMA) == HAK_OK);
    void *p[4];
    for (unsigned i = 0; i < 4; i++)
        p[i] = hak_malloc_in(DMA, 96);
    hak_free(p[0]);
    hak_free(p[2]);
    write_to(p[2], 16, 0x5d);
    KIT_CHECK(hak_malloc_in(DMA, 96) != NULL && unit_last_fault == HAK_FAULT_CORRUPT);
    unit_faults = 0;
    for (unsigned i = 0; i < 100; i++)
        hak_free(hak_malloc_in(DMA, 96));
    hak_free(p[1]);
    hak_free(p[3]);
    KIT_CHECK(unit_guards_hold());
}

static const kit_case tagged_tests_cases[] = {
    {"tagged_choice", test_choice},
    {"tagged_apart", test_apart},
    {"tagged_lines", test_lines},
    {"tagged_realloc", test_realloc},
    {"tagged_retired_moves", test_retired_moves},
    {"tagged_bad_frees", test_bad_frees},
    {"tagged_overwritten", test_overwritten},
};
UNIT_SUITE(tagged_tests);
