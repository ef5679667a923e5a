/* SPDX-License-Identifier: MIT */
/* tagged_add.c, region_stats.c: regions with properties come and go; what they hold. */
#include "test_tagged.h"

static int look(const hak_block *block, void *context)
{
    (void)context;
    return lies_in(block->address, 0);
}

/* All that looks at the heap, and what a program must not do. */
static void go_on_without(void *gone)
{
    static const size_t sizes[] = {1, 40, 700, 5000};
    for (unsigned i = 0; i < 40; i++) {
        void *p = hak_malloc(sizes[i % 4]);
        hak_free(hak_malloc_in(FAST, sizes[i % 4]));
        hak_free(p);
    }
    hak_stats stats;
    hak_region_stats region;
    hak_stats_get(&stats);
    for (unsigned i = 0; hak_region_stats_get(i, &region) == HAK_OK; i++)
        continue;
    KIT_CHECK(hak_walk(look, NULL) == 0 && is_whole() && unit_faults == 0);
    hak_free(gone);
    KIT_CHECK(hak_realloc(gone, 10) == NULL && hak_usable_size(gone) == 0);
    KIT_CHECK(unit_faults == 3 && unit_last_fault == HAK_FAULT_FOREIGN);
    unit_faults = 0;
}

/* A removed region's memory is the caller's: not a byte of it changes, and it can be
 * added again, with other tags, or without. */
static void test_removed(void)
{
    KIT_CHECK(start());
    KIT_CHECK(hak_add_region_tagged(part(1), PART, FAST) == HAK_OK);
    for (unsigned round = 0; round < 60; round++) {
        size_t shift = round % 17;
        KIT_CHECK(hak_add_region_tagged(part(0) + shift, PART - shift, DMA) == HAK_OK);
        void *p = hak_malloc_in(DMA, 5000), *q = hak_malloc_lines(DMA, 64, 7);
        KIT_CHECK(hak_region_remove(part(0) + shift) == HAK_ERR_LIVE);
        hak_free(p);
        if (round % 2 == 0)
            KIT_CHECK(hak_region_retire(part(0) + shift) == HAK_OK);
        KIT_CHECK((hak_malloc_in(DMA, 60000) == NULL) &&
                  hak_region_remove(part(0) + shift) == HAK_ERR_LIVE);
        hak_free(q);
        KIT_CHECK(hak_region_remove(part(0) + shift) == HAK_OK);
        write_to(part(0), PART, round);
        go_on_without(q);
        KIT_CHECK(reads(part(0), PART, round) && !kit_case_failed());
        KIT_CHECK(hak_region_remove(part(0) + shift) == HAK_ERR_NO_REGION);
        KIT_CHECK(hak_region_retire(part(0) + shift) == HAK_ERR_NO_REGION);
        KIT_CHECK(hak_malloc_in(DMA, 1) == NULL);
    }
    KIT_CHECK(hak_add_region_tagged(part(0), PART, 0) == HAK_OK); /* for good */
    KIT_CHECK(hak_region_remove(part(0)) == HAK_ERR_NO_TAGS && is_whole());
}

/* Every refusal, and nothing touched by it. */
static void test_refusals(void)
{
    unsigned char *some = unit_ram(STRIDE, 0);
    unit_forget();
    KIT_CHECK(hak_add_region_tagged(some, PART, DMA) == HAK_ERR_NOT_INIT);
    KIT_CHECK(hak_region_retire(some) == HAK_ERR_NOT_INIT);
    KIT_CHECK(hak_region_remove(some) == HAK_ERR_NOT_INIT);
    hak_region_stats stats;
    KIT_CHECK(hak_region_stats_get(0, &stats) == HAK_ERR_NO_REGION);
    KIT_CHECK(hak_malloc_in(DMA, 1) == NULL && hak_malloc_in(0, 1) == NULL);
    KIT_CHECK(start());
    write_to(part(0), PART, 9);
    KIT_CHECK(hak_add_region_tagged(NULL, PART, DMA) == HAK_ERR_NULL);
    KIT_CHECK(hak_add_region_tagged(part(0), 0, DMA) == HAK_ERR_ZERO);
    KIT_CHECK(hak_add_region_tagged(part(0), HAK_HEAP_MIN - 1, DMA) == HAK_ERR_TOO_SMALL);
    KIT_CHECK(hak_add_region_tagged(part(0), SIZE_MAX, DMA) == HAK_ERR_WRAP);
    KIT_CHECK(hak_add_region_tagged(tagged_ram() + HEAP - 16, PART, DMA) == HAK_ERR_OVERLAP);
    KIT_CHECK(hak_region_retire(tagged_ram()) == HAK_ERR_NO_TAGS);
    KIT_CHECK(hak_region_remove(tagged_ram()) == HAK_ERR_NO_TAGS);
    KIT_CHECK(hak_region_retire(NULL) == HAK_ERR_NO_REGION);
    KIT_CHECK(hak_region_remove(tagged_ram() + 16) == HAK_ERR_NO_REGION);
    KIT_CHECK(hak_region_remove((void *)UINTPTR_MAX) == HAK_ERR_NO_REGION);
    KIT_CHECK(reads(part(0), PART, 9));
    KIT_CHECK(hak_add_region_tagged(part(0), HAK_HEAP_MIN, DMA) == HAK_OK);
    KIT_CHECK(hak_malloc_in(DMA, 16) != NULL);
    KIT_CHECK(hak_add_region(part(0) - 100, PART) == HAK_ERR_OVERLAP);
    KIT_CHECK(hak_add_region(part(0) + HAK_HEAP_MIN, PART) == HAK_OK); /* side by side */
    for (unsigned i = 1; i < HAK_REGIONS; i++)
        KIT_CHECK(hak_add_region_tagged(part(i + 1), PART, DMA << i) == HAK_OK);
    write_to(part(HAK_REGIONS + 1), PART, 9);
    KIT_CHECK(hak_add_region_tagged(part(HAK_REGIONS + 1), PART, DMA) == HAK_ERR_REGIONS);
    KIT_CHECK(reads(part(HAK_REGIONS + 1), PART, 9) && is_whole());
    KIT_CHECK(hak_region_remove(part(4)) == HAK_OK);
    KIT_CHECK(hak_add_region_tagged(part(HAK_REGIONS + 1), PART, DMA) == HAK_OK && is_whole());
    KIT_CHECK(unit_faults == 0);
}

typedef struct found_in {
    size_t start, end; /* of the region */
    size_t live, live_bytes, free_bytes, longest;
} found_in;

static int add_up(const hak_block *block, void *context)
{
    found_in *f = context;
    size_t at = (size_t)block->address, bytes = block->size_bytes;
    if (at < f->start || at >= f->end)
        return 0;
    if (block->kind == HAK_BLOCK_FREE) {
        f->free_bytes += bytes;
        f->longest = bytes > f->longest ? bytes : f->longest;
    } else if (block->kind == HAK_BLOCK_LIVE) {
        f->live++;
        f->live_bytes += bytes;
    }
    return 0;
}

/* What the statistics of each region say is what a walk shows of it. */
static bool stats_agree(unsigned regions)
{
    hak_region_stats s;
    for (unsigned i = 0; i < regions; i++) {
        HOLDS(hak_region_stats_get(i, &s) == HAK_OK);
        found_in f = {.start = (size_t)s.start, .end = (size_t)s.start + s.bytes};
        hak_walk(add_up, &f);
        HOLDS(s.live_blocks == f.live && s.live_bytes == f.live_bytes);
        HOLDS(s.free_bytes == f.free_bytes && s.metadata_bytes < s.bytes);
        HOLDS(s.largest_free_bytes <= f.longest);
        HOLDS(f.longest - s.largest_free_bytes <= f.longest / 16);
        HOLDS(s.tags == 0 || s.metadata_bytes + s.live_bytes + s.free_bytes == s.bytes);
        HOLDS((i < 2) == (s.tags == 0));
    }
    HOLDS(hak_region_stats_get(regions, &s) == HAK_ERR_NO_REGION);
    HOLDS(hak_region_stats_get(~0u, &s) == HAK_ERR_NO_REGION);
    return true;
}

static void test_stats(void)
{
    enum { BLOCKS = 300 };
    static void *block[BLOCKS];
    uint64_t random = 3;
    KIT_CHECK(start());
    KIT_CHECK(hak_add_region_tagged(part(2), PART, DMA) == HAK_OK);
    KIT_CHECK(hak_add_region(part(0), PART) == HAK_OK);
    KIT_CHECK(hak_add_region_tagged(part(1), PART, FAST) == HAK_OK);
    for (unsigned i = 0; i < 6000; i++) {
        void **b = &block[kit_random(&random) % BLOCKS];
        uint64_t dice = kit_random(&random) >> 16;
        hak_free(*b);
        *b = dice % 4 == 0   ? hak_malloc_in(DMA, (size_t)(dice / 8 % 900))
             : dice % 4 == 1 ? hak_malloc_lines(FAST, 32, (size_t)(dice / 8 % 900))
             : dice % 4 == 2 ? hak_malloc((size_t)(dice / 8 % 900))
                             : NULL;
        void *moved = dice % 64 == 0 ? hak_realloc(*b, (size_t)(dice / 64 % 2000)) : NULL;
        *b = moved != NULL ? moved : *b;
        if (i % 97 == 0)
            KIT_CHECK(stats_agree(4) && is_whole());
    }
    for (unsigned i = 0; i < BLOCKS; i++) {
        hak_free(block[i]);
        block[i] = NULL;
    }
    KIT_CHECK(stats_agree(4) && is_whole() && unit_faults == 0);
    hak_region_stats s;
    for (unsigned i = 2; i < 4; i++) {
        KIT_CHECK(hak_region_stats_get(i, &s) == HAK_OK && s.live_blocks == 0 && s.live_bytes == 0);
        KIT_CHECK(s.largest_free_bytes == s.free_bytes || s.free_bytes / 16 != 0);
    }
}

/* check looks at regions with tags, too. */
static void test_damage(void)
{
    KIT_CHECK(start());
    KIT_CHECK(hak_add_region_tagged(part(0), PART, DMA) == HAK_OK);
    KIT_CHECK(hak_malloc_in(DMA, 100) != NULL && hak_malloc_in(DMA, 5000) != NULL && is_whole());
    hak_tagged *t = run.tagged;
    hak_unit *u = &t->region.maps.units[unit_of(t->region.first + 10)];
    hak_word old = u->begin;
    u->begin ^= ONE << bit_of(t->region.first + 3);
    KIT_CHECK(hak_check() != NULL);
    u->begin = old;
    t->blocks++;
    KIT_CHECK(hak_check() != NULL);
    t->blocks--;
    t->granules--;
    KIT_CHECK(hak_check() != NULL);
    t->granules++;
    KIT_CHECK(is_whole());
}

/* A visitor that removes the region that it is shown, and adds it again. */
typedef struct remover {
    unsigned shown, in_last;
    bool adds;
} remover;

static int remove_it(const hak_block *block, void *context)
{
    remover *r = context;
    if (lies_in(block->address, 2)) {
        r->in_last++;
        return 0;
    }
    if (!lies_in(block->address, 1))
        return 0;
    r->shown++;
    if (block->kind != HAK_BLOCK_LIVE)
        return 0;
    hak_free(block->address);
    if (hak_region_remove(part(1)) == HAK_OK) {
        write_to(part(1), PART, 0xff);
        if (r->adds)
            hak_add_region_tagged(part(1), PART, FAST | KEPT);
    }
    return 0;
}

static void test_removed_in_walk(void)
{
    for (unsigned adds = 0; adds < 2; adds++) {
        remover r = {0, 0, adds != 0};
        KIT_CHECK(start());
        KIT_CHECK(hak_add_region_tagged(part(1), PART, FAST) == HAK_OK);
        KIT_CHECK(hak_add_region_tagged(part(2), PART, DMA) == HAK_OK);
        void *kept[] = {hak_malloc_in(FAST, 100), hak_malloc_in(FAST, 3000), hak_malloc_in(DMA, 9)};
        KIT_CHECK(kept[0] != NULL && kept[1] != NULL && kept[2] != NULL);
        KIT_CHECK(hak_walk(remove_it, &r) == 0);
        /* The two blocks, no more of that region; added again, it comes last. */
        KIT_CHECK(r.shown == (adds != 0 ? 3 : 2) && r.in_last == 2);
        KIT_CHECK(is_whole() && (hak_malloc_in(FAST, 1) != NULL) == (adds != 0));
    }
}

static const kit_case tagged_add_tests_cases[] = {
    {"tagged_removed", test_removed},
    {"tagged_refusals", test_refusals},
    {"tagged_stats", test_stats},
    {"tagged_damage", test_damage},
    {"tagged_removed_in_walk", test_removed_in_walk},
};
UNIT_SUITE(tagged_add_tests);
