/* SPDX-License-Identifier: MIT */
/*
 * For the library built with FAIL=1: fail each request for a page or an extent
 * in turn, once and from then on. A call either succeeds all the same or returns
 * NULL; whatever it did, the heap is whole, and works when memory is back.
 */
#include "hak.h"
#include "kit.h"

enum { BLOCKS = 120, HEAP_BYTES = 1 << 18, DMA_BYTES = 1 << 14, MOST_REQUESTS = 5000 };

typedef struct story {
    unsigned char *block[BLOCKS];
    size_t size[BLOCKS];
    size_t refused;
} story;

static void write_over(unsigned char *block, size_t size, unsigned i)
{
    for (size_t k = 0; k < size; k++)
        block[k] = (unsigned char)(i * 31 + k);
}

static bool reads_back(const unsigned char *block, size_t size, unsigned i)
{
    for (size_t k = 0; k < size; k++)
        if (block[k] != (unsigned char)(i * 31 + k))
            return false;
    return true;
}

static void allocate(story *s, unsigned i)
{
    static const size_t sizes[] = {16, 48, 100, 48, 700, 3000, 0, 48, 9000, 64};
    size_t size = sizes[i % 10];
    s->block[i] = i % 11 == 5  ? hak_aligned_alloc(256, size)
                  : i % 7 == 3 ? hak_calloc(size, 1)
                               : hak_malloc(size);
    s->size[i] = s->block[i] != NULL ? size : 0;
    s->refused += s->block[i] == NULL;
    write_over(s->block[i], s->size[i], i);
}

/* realloc of a block: a refused one keeps its contents. */
static bool resize(story *s, unsigned i)
{
    size_t size = i % 2 == 0 ? s->size[i] * 3 : s->size[i] / 3;
    unsigned char *p = hak_realloc(s->block[i], size);
    s->refused += p == NULL;
    if (p == NULL)
        return reads_back(s->block[i], s->size[i], i);
    bool kept = reads_back(p, size < s->size[i] ? size : s->size[i], i);
    s->block[i] = p;
    s->size[i] = size;
    write_over(p, size, i);
    return kept;
}

/* The same calls each time. false: a block's contents changed, or check complains. */
static bool tell(story *s)
{
    bool whole = true;
    *s = (story){.refused = 0};
    for (unsigned i = 0; i < BLOCKS; i++)
        allocate(s, i);
    whole &= hak_check() == NULL;
    for (unsigned i = 0; i < BLOCKS; i += 3) {
        hak_free(s->block[i]);
        s->block[i] = NULL;
        s->size[i] = 0;
    }
    for (unsigned i = 1; i < BLOCKS; i += 4)
        whole &= s->block[i] == NULL || resize(s, i);
    hak_core_idle();
    for (unsigned i = 0; i < BLOCKS; i += 3)
        allocate(s, i);
    whole &= hak_check() == NULL;
    for (unsigned i = 0; i < BLOCKS; i++) {
        whole &= reads_back(s->block[i], s->size[i], i);
        hak_free(s->block[i]);
    }
    return whole && hak_check() == NULL;
}

/* No memory is lost: all of it can be had as one block. */
static bool all_back(void)
{
    hak_stats stats;
    hak_stats_get(&stats);
    if (stats.live_blocks != 0 || stats.live_bytes != 0 || stats.faults != 0)
        return false;
    void *all = hak_malloc(stats.heap_bytes - stats.metadata_bytes);
    hak_free(all);
    return all != NULL;
}

static bool prepare(void)
{
    static bool prepared;
    size_t bytes;
    if (prepared)
        return true;
    char *ram = kit_ram(HEAP_BYTES + DMA_BYTES, &bytes);
    prepared = hak_init(ram, HEAP_BYTES) == HAK_OK &&
               hak_add_region_tagged(ram + HEAP_BYTES, DMA_BYTES, HAK_MEMORY_DMA) == HAK_OK;
    return prepared;
}

static size_t requests;

/* From then on: for each request there is, until none is refused any more. */
static void test_from_then_on(void)
{
    static story s;
    KIT_CHECK(prepare());
    KIT_CHECK(tell(&s) && s.refused == 0 && all_back());
    for (size_t n = 1; requests == 0 && n < MOST_REQUESTS; n++) {
        hak_fail_nth(n, 1);
        KIT_CHECK(tell(&s));
        hak_fail_nth(0, 0);
        KIT_CHECK(all_back());
        KIT_CHECK(n != 1 || s.refused >= BLOCKS);
        if (s.refused == 0)
            requests = n - 1;
    }
    KIT_CHECK(requests > BLOCKS / 4);
}

/* Once: the call tries again after a recall, so that none is refused. */
static void test_once(void)
{
    static story s;
    KIT_CHECK(prepare() && requests != 0);
    for (size_t n = 1; n <= requests; n++) {
        hak_fail_nth(n, 0);
        KIT_CHECK(tell(&s));
        hak_fail_nth(0, 0);
        KIT_CHECK(s.refused == 0 && all_back());
    }
}

/* In a region with tags nothing is retained that a second try could have. */
static void test_tagged(void)
{
    unsigned char *p[4], *moved;
    KIT_CHECK(prepare());
    for (unsigned n = 0; n < 4; n++) {
        hak_fail_nth(n + 1, 0);
        for (unsigned i = 0; i < 4; i++) {
            p[i] = i % 2 == 0 ? hak_malloc_in(HAK_MEMORY_DMA, 100)
                              : hak_malloc_lines(HAK_MEMORY_DMA, 64, 100);
            KIT_CHECK((p[i] == NULL) == (i == n));
            if (p[i] != NULL)
                write_over(p[i], 100, i);
        }
        hak_fail_nth(1, 0);
        unsigned k = n == 0 ? 1 : 0;
        KIT_CHECK(hak_realloc(p[k], 3000) == NULL && reads_back(p[k], 100, k));
        moved = hak_realloc(p[k], 3000);
        KIT_CHECK(moved != NULL && moved != p[k] && reads_back(moved, 100, k));
        p[k] = moved;
        for (unsigned i = 0; i < 4; i++)
            hak_free(p[i]);
        KIT_CHECK(hak_check() == NULL && all_back());
    }
    hak_fail_nth(0, 0);
    hak_region_stats stats;
    KIT_CHECK(hak_region_stats_get(1, &stats) == HAK_OK && stats.live_blocks == 0);
}

/* A loop may be unrolled, into several call sites. */
static __attribute__((noinline)) void *at_one_site(size_t size)
{
    void *p = hak_malloc(size);
    __asm__ volatile("" : "+r"(p)::"memory");
    return p;
}

/* A hit asks for no extent. A request that fails gets back what is cached. */
static void test_cached(void)
{
    enum { SIZE = 6000 };
    hak_stats stats;
    KIT_CHECK(prepare());
    void *p = NULL, *first = NULL;
    for (unsigned i = 0; i < 3; i++) {
        p = at_one_site(SIZE);
        first = i == 0 ? p : first;
        KIT_CHECK(p != NULL && p == first);
        hak_free(p);
        hak_fail_nth(1, 1);
    }
    hak_stats_get(&stats);
    KIT_CHECK(stats.cached_blocks == 1 && stats.malloc_cache >= 2);
    hak_fail_nth(1, 0);
    size_t recalls = stats.recalls;
    KIT_CHECK((p = hak_malloc(4 * SIZE)) != NULL);
    hak_stats_get(&stats);
    KIT_CHECK(stats.cached_blocks == 0 && stats.recalls == recalls + 1);
    hak_free(p);
    KIT_CHECK(all_back());
}

int kit_main(void)
{
    static const kit_case cases[] = {
        {"inject_from_then_on", test_from_then_on},
        {"inject_once", test_once},
        {"inject_cached", test_cached},
        {"inject_tagged", test_tagged},
    };
    return kit_run_cases(cases, 4);
}
