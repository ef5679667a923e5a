/* SPDX-License-Identifier: MIT */
/*
 * Host: a heap of exactly 64 GiB, the most there may be. It is reserved, and
 * nothing of it is touched but the maps and a few blocks at both ends.
 */
#include "hak.h"
#include "kit.h"

#define HEAP_BYTES ((size_t)64 << 30)

static char *heap, *first; /* its start, and the first block that can be had */
static size_t free_bytes;

static void test_init(void)
{
    hak_stats stats;
    KIT_CHECK(hak_init(heap, HEAP_BYTES + 1) == HAK_ERR_TOO_BIG);
    KIT_CHECK(hak_init(heap, HEAP_BYTES) == HAK_OK);
    hak_stats_get(&stats);
    KIT_CHECK(stats.heap_bytes == HEAP_BYTES && stats.metadata_bytes < HEAP_BYTES / 40);
    free_bytes = stats.free_bytes;
    KIT_CHECK(free_bytes == HEAP_BYTES - stats.metadata_bytes);
    KIT_CHECK(stats.largest_free_bytes == free_bytes && hak_check() == NULL);
}

static void test_fast_path(void)
{
    enum { BLOCKS = 20000 };
    static char *block[BLOCKS];
    for (unsigned i = 0; i < BLOCKS; i++) {
        KIT_CHECK((block[i] = hak_malloc(64)) != NULL);
        block[i][0] = block[i][63] = (char)i;
    }
    hak_stats stats;
    hak_stats_get(&stats);
    KIT_CHECK(stats.malloc_pool > BLOCKS / 2 && stats.live_blocks == BLOCKS);
    for (unsigned i = 0; i < BLOCKS; i++) {
        KIT_CHECK(block[i][0] == (char)i && block[i][63] == (char)i);
        hak_free(block[i]);
    }
    hak_stats_get(&stats);
    KIT_CHECK(stats.live_blocks == 0 && stats.faults == 0);
}

static void test_one_block(void)
{
    first = hak_malloc(free_bytes);
    KIT_CHECK(first != NULL && first + free_bytes == heap + HEAP_BYTES);
    KIT_CHECK(hak_usable_size(first) == free_bytes);
    first[0] = first[free_bytes - 1] = 7;
    KIT_CHECK(hak_malloc(1) == NULL && hak_check() == NULL);
    size_t half = free_bytes / 2 / HAK_GRANULE * HAK_GRANULE;
    KIT_CHECK(hak_realloc(first, half) == first && hak_usable_size(first) == half);
    char *second = hak_malloc(free_bytes - half);
    KIT_CHECK(second != NULL && second - first == (ptrdiff_t)half);
    hak_free(second);
    KIT_CHECK(hak_realloc(first, free_bytes) == first);
    hak_free(first);
    KIT_CHECK(hak_check() == NULL);
}

/* Small blocks behind one that leaves nothing but the heap's end. */
static void test_last_granules(void)
{
    enum { LEFT = 8192 };
    char *most = hak_malloc(free_bytes - LEFT), *last = NULL;
    KIT_CHECK(most == first);
    unsigned count = 0;
    for (char *p; (p = hak_malloc(1)) != NULL; count++) {
        KIT_CHECK(p >= most + free_bytes - LEFT && p + HAK_GRANULE <= heap + HEAP_BYTES);
        last = p > last ? p : last;
        p[0] = p[HAK_GRANULE - 1] = 1;
    }
    KIT_CHECK(last == heap + HEAP_BYTES - HAK_GRANULE && count == LEFT / HAK_GRANULE);
    KIT_CHECK(hak_check() == NULL);
    for (char *p = heap + HEAP_BYTES - LEFT; p < heap + HEAP_BYTES; p += HAK_GRANULE)
        hak_free(p);
    hak_free(most);
    char *aligned = hak_aligned_alloc((size_t)1 << 34, 100);
    KIT_CHECK(aligned != NULL && (uintptr_t)aligned % ((size_t)1 << 34) == 0);
    hak_free(aligned);
    hak_stats stats;
    hak_stats_get(&stats);
    KIT_CHECK(stats.faults == 0 && stats.live_bytes == 0 && hak_check() == NULL);
    KIT_CHECK(hak_malloc(free_bytes) == first);
}

int kit_main(void)
{
    static const kit_case cases[] = {
        {"huge_init", test_init},
        {"huge_fast_path", test_fast_path},
        {"huge_one_block", test_one_block},
        {"huge_last_granules", test_last_granules},
    };
    size_t bytes;
    heap = kit_ram(HEAP_BYTES + HAK_GRANULE, &bytes);
    if (heap == NULL) {
        kit_print("skip huge: 64 GiB of addresses cannot be reserved\n");
        return 0;
    }
    return kit_run_cases(cases, 4);
}
