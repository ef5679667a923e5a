/* SPDX-License-Identifier: MIT */
/* release.c: what is handed to the port is free, handed over once, and all of it. */
#include "unit.h"

enum { HEAP = UNIT_RAM_MOST, PIECE = 200000 };

static size_t calls, bytes_told, most_told;
static bool strange;
static void (*after_first)(void); /* on the next instruction that is not masked; where time
                                   * is the host's, some parts later */

/* The lock is held: the maps can be looked at. */
void hak_port_release(void *start, size_t bytes)
{
    granule first = region_granule(&run.first, start);
    granule behind = first + (granule)(bytes >> GRANULE_SHIFT), g = run.first.first;
    while (g + extent_length(&run.first, g) <= first)
        g += extent_length(&run.first, g);
    strange |= !extent_is_free(&run.first, g) || first == g || bytes % GRANULE_BYTES != 0;
    strange |= behind > g + extent_length(&run.first, g);
    strange |= ((uintptr_t)start + bytes) % HAK_RELEASE_BYTES != 0 &&
               behind != g + extent_length(&run.first, g);
    for (size_t i = 0; i < bytes; i += 512)
        ((volatile unsigned char *)start)[i] = 0x33;
    if (calls++ == 0 && after_first != NULL)
        kit_timer_once(1, after_first);
    bytes_told += bytes;
    most_told = bytes > most_told ? bytes : most_told;
}

static size_t release(size_t items)
{
    calls = bytes_told = most_told = 0;
    size_t bytes = hak_release(items);
    strange |= bytes != bytes_told || hak_check() != NULL;
    return bytes;
}

/* What is a block, but for its first granule, is cut at multiples of HAK_RELEASE_BYTES. */
static size_t parts_of(const void *block)
{
    uintptr_t first = (uintptr_t)block, last = first + hak_usable_size(block) - 1;
    uintptr_t start = first + GRANULE_BYTES;
    return last / HAK_RELEASE_BYTES - start / HAK_RELEASE_BYTES + 1;
}

static void test_once(void)
{
    hak_stats stats;
    strange = false;
    KIT_CHECK(unit_heap(HEAP, 0));
    hak_stats_get(&stats);
    KIT_CHECK(release(SIZE_MAX) == stats.free_bytes - GRANULE_BYTES && calls >= HEAP >> 21);
    KIT_CHECK(most_told <= HAK_RELEASE_BYTES && release(SIZE_MAX) == 0 && calls == 0);
    void *p = hak_malloc(PIECE), *q = hak_malloc(PIECE), *last = hak_malloc(PIECE);
    KIT_CHECK(release(SIZE_MAX) != 0 && release(SIZE_MAX) == 0); /* what is left of it */
    size_t parts = parts_of(p);
    hak_free(p);
    KIT_CHECK(hak_malloc(2 * HEAP) == NULL);
    KIT_CHECK(release(SIZE_MAX) == hak_usable_size(q) - GRANULE_BYTES && calls == parts);
    hak_free(q);
    KIT_CHECK(hak_malloc(2 * HEAP) == NULL);
    KIT_CHECK(release(SIZE_MAX) == 2 * hak_usable_size(last) - GRANULE_BYTES);
    hak_free(last);
    KIT_CHECK(!strange && unit_faults == 0 && unit_guards_hold());
}

/* Small extents stay; a few items at a time come to the same. */
static void test_batches(void)
{
    static void *block[40];
    size_t all = 0, in_batches = 0;
    strange = false;
    KIT_CHECK(unit_heap(HEAP, 0));
    for (unsigned i = 0; i < 40; i++)
        KIT_CHECK((block[i] = hak_malloc(i % 4 == 1 ? 70000 : 5000)) != NULL);
    for (unsigned i = 1; i < 40; i += 2)
        hak_free(block[i]);
    KIT_CHECK(hak_malloc(2 * HEAP) == NULL);
    for (unsigned i = 0; i < 40; i += 4)
        all += 70000 / GRANULE_BYTES * GRANULE_BYTES;
    hak_stats stats;
    hak_stats_get(&stats);
    all += stats.largest_free_bytes;
    for (unsigned i = 0; i < 60; i++)
        in_batches += release(3);
    KIT_CHECK(in_batches > all - 11 * GRANULE_BYTES - stats.largest_free_bytes / 16);
    KIT_CHECK(in_batches < all + stats.largest_free_bytes / 16);
    KIT_CHECK(release(SIZE_MAX) == 0 && !strange);
    for (unsigned i = 0; i < 40; i += 2)
        hak_free(block[i]);
    hak_stats_get(&stats);
    KIT_CHECK(stats.live_blocks == 0 && hak_check() == NULL && unit_faults == 0);
}

static unsigned changes;
static size_t first_part;
static void take_and_give_back(void)
{
    void *p = hak_malloc(PIECE);
    strange |= p == NULL || (kit_instructions() != 0 && calls != 1);
    hak_free(p);
    strange |= hak_malloc(2 * HEAP) != NULL; /* what was retained is free again */
    first_part = bytes_told;
    changes++;
}

/* An extent of which a part was handed over, and that is another by the next: its first
 * part is in use by now, or was. */
static void test_changed(void)
{
    hak_stats stats;
    strange = false;
    changes = 0;
    KIT_CHECK(unit_heap(HEAP, 0));
    hak_stats_get(&stats);
    after_first = take_and_give_back;
    size_t bytes = release(SIZE_MAX);
    after_first = NULL;
    kit_timer_stop();
    bytes += release(SIZE_MAX);
    KIT_CHECK(changes <= 1 && !strange);
    KIT_CHECK(bytes == stats.free_bytes - GRANULE_BYTES + changes * first_part);
    KIT_CHECK(release(SIZE_MAX) == 0 && !strange);
}

static const kit_case release_tests_cases[] = {
    {"release_once", test_once},
    {"release_batches", test_batches},
    {"release_changed", test_changed},
};
UNIT_SUITE(release_tests);
