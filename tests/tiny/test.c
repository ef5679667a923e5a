/* SPDX-License-Identifier: MIT */
/* The tiny build's own tests, small enough for 8 KiB of RAM. */
#include "test.h"

unsigned char *test_ram;
size_t test_ram_bytes, test_heap_bytes;
hak_fault test_fault;
const void *test_fault_pointer;
static unsigned faults;

void hak_port_fault(hak_fault kind, const void *pointer, const void *call_site)
{
    faults += call_site != NULL;
    test_fault = kind;
    test_fault_pointer = pointer;
}

unsigned test_faults(void)
{
    unsigned count = faults;
    faults = 0;
    return count;
}

void test_forget(void)
{
    tiny = (hak_tiny){0};
    faults = 0;
}

bool test_heap(size_t bytes, size_t shift)
{
    const uint64_t junk = UINT64_C(0xa7a7a7a7a7a7a7a7);
    size_t most = ((size_t)HAK_TINY_GRANULES << GRANULE_SHIFT) + shift;
    if (most > test_ram_bytes)
        most = test_ram_bytes;
    test_forget();
    test_heap_bytes = bytes + shift > most ? most - shift : bytes;
    for (size_t i = 0; i < most / sizeof junk; i++) /* the last few bytes do not matter */
        ((uint64_t *)(void *)test_ram)[i] = junk;
    HOLDS(hak_init(test_ram + shift, test_heap_bytes) == HAK_OK);
    return true;
}

granule test_longest(void)
{
    granule longest = 0;
    for (granule g = tiny_first(tiny.end); g < tiny.end; g += tiny_length(g))
        if (tiny_is_free(g) && tiny_length(g) > longest)
            longest = tiny_length(g);
    return longest;
}

bool test_all_back(void)
{
    HOLDS(hak_check() == NULL);
    HOLDS(tiny_free_granules() == tiny.end - tiny_first(tiny.end));
    HOLDS(test_longest() == tiny_free_granules());
    return true;
}

/* Blocks of one length until nothing is left, chained through themselves; then all
 * back. How many there were. */
static size_t fill(size_t size)
{
    void **first = NULL, **p;
    size_t count = 0;
    for (; (p = hak_malloc(size)) != NULL; count++) {
        *p = first;
        first = p;
    }
    for (; first != NULL; first = p) {
        p = *first;
        hak_free(first);
    }
    return count;
}

/* Whatever the size, what is left is less than a block rounded up to its bin. */
static void test_fill(void)
{
    KIT_CHECK(test_heap(SIZE_MAX / 2, 0));
    size_t usable = tiny_free_granules();
    for (granule length = TINY_LEAST; length <= usable; length += 1 + length / 7) {
        size_t count = fill(test_bytes(length));
        KIT_CHECK(usable - count * length < length + length / TEST_COLUMNS);
        KIT_CHECK(test_all_back());
    }
    KIT_CHECK(hak_malloc(test_bytes((granule)usable + 1)) == NULL);
}

/* Every start, and every size from the smallest up. */
static void test_init(void)
{
    for (size_t shift = 0; shift < 2 * GRANULE_BYTES; shift++)
        for (size_t bytes = TINY_LEAST_BYTES; bytes + shift <= test_ram_bytes / 2; bytes += 37) {
            KIT_CHECK(test_heap(bytes, shift));
            KIT_CHECK(test_ram[shift + bytes] == 0xa7 &&
                      (shift == 0 || test_ram[shift - 1] == 0xa7));
            KIT_CHECK(tiny.base % GRANULE_BYTES == 0 && tiny_free_granules() > 0);
            unsigned char *all = hak_malloc(test_bytes((granule)tiny_free_granules()));
            KIT_CHECK(all != NULL && tiny_free_granules() == 0 && all >= test_ram + shift);
            KIT_CHECK(all + hak_usable_size(all) <= test_ram + shift + bytes);
            hak_free(all);
            KIT_CHECK(test_all_back());
        }
}

/* 16 KiB: how many blocks of 24 and 100 bytes, and the largest one, static storage
 * taken from the 16 KiB; on 64-bit targets in twice the memory, for granules are. */
static void test_bars(void)
{
    enum { SCALE = GRANULE_BYTES / 8, HEAP = 16384 * SCALE, FIXED = 160 * SCALE };
    if (test_ram_bytes < HEAP || TINY_HEADER_BYTES != 0) {
        kit_print("skip tiny_bars: needs 16 KiB and the build for it\n");
        return;
    }
    KIT_CHECK(test_heap(HEAP - sizeof tiny, 0));
    size_t map = ((size_t)tiny.end / UNIT_GRANULES + 1) * GRANULE_BYTES;
    size_t fixed = sizeof tiny +
                   (size_t)((unsigned char *)tiny_address(tiny_first(tiny.end)) - test_ram) - map;
    size_t small = fill(24 * SCALE), medium = fill(100 * SCALE);
    size_t largest = (size_t)test_longest() << GRANULE_SHIFT;
    kit_print("= fixed %u map %u blocks24 %u blocks100 %u largest %u\n", (unsigned)fixed,
              (unsigned)map, (unsigned)small, (unsigned)medium, (unsigned)largest);
    KIT_CHECK(fixed <= FIXED && small >= 600 && medium >= 150 && largest >= 15000 * SCALE);
    KIT_CHECK(hak_malloc(largest) != NULL);
}

/* As long as was asked for, or longer by no more than is no extent. */
static bool is_about(const void *p, granule length)
{
    size_t bytes = hak_usable_size(p), least = test_bytes(length);
    HOLDS(bytes >= least && bytes <= least + (test_more(length) << GRANULE_SHIFT));
    HOLDS(tiny_free_granules() + ((bytes + TINY_HEADER_BYTES) >> GRANULE_SHIFT) ==
          tiny.end - tiny_first(tiny.end));
    return hak_check() == NULL;
}

/* A block grows into what is free behind it, and shrinks, by every amount. */
static void test_resize(void)
{
    KIT_CHECK(test_heap(SIZE_MAX / 2, 0));
    granule usable = (granule)tiny_free_granules(), length = TINY_LEAST;
    char *p = hak_malloc(1);
    for (; length <= usable; length += 1 + length / 9)
        KIT_CHECK(hak_realloc(p, test_bytes(length)) == p && is_about(p, length));
    KIT_CHECK(hak_realloc(p, test_bytes(usable + 1)) == NULL);
    for (length = usable; length >= TINY_LEAST; length -= 1 + length / 11)
        KIT_CHECK(hak_realloc(p, test_bytes(length)) == p && is_about(p, length));
    KIT_CHECK(hak_realloc(p, 0) == p && is_about(p, TINY_LEAST));
    hak_free(p);
    KIT_CHECK(test_all_back());
}

static bool aligned(size_t alignment, size_t size)
{
    char *small = hak_malloc(3), *p = hak_aligned_alloc(alignment, size);
    HOLDS(p == NULL || (uintptr_t)p % alignment == 0);
    HOLDS(p != NULL || test_longest() << GRANULE_SHIFT <
                           (alignment + size) * (TEST_COLUMNS + 1) / TEST_COLUMNS + 64);
    char *q = p;
    for (size_t more = size; q != NULL; more = more * 2 + 5) {
        p = q;
        HOLDS((uintptr_t)p % alignment == 0 && hak_check() == NULL);
        q = hak_realloc(p, more);
    }
    if (p != NULL) /* a stray alignment would show in the next block there */
        hak_free(p);
    q = hak_malloc(size + 300);
    p = hak_realloc(q, 1);
    HOLDS(p == q && (p == NULL || hak_usable_size(p) <= test_bytes(2 * TINY_LEAST + 2)));
    hak_free(p);
    hak_free(small);
    return test_all_back();
}

static void test_aligned(void)
{
    for (size_t shift = 0; shift < 8 * GRANULE_BYTES; shift += GRANULE_BYTES) {
        KIT_CHECK(test_heap(test_ram_bytes - 8 * GRANULE_BYTES, shift));
        for (size_t alignment = 1; alignment <= 4096; alignment *= 2)
            for (size_t size = 1; size < test_heap_bytes / 2; size = size * 3 + 7)
                KIT_CHECK(aligned(alignment, size));
    }
}

int kit_main(void)
{
    static kit_case all[5 + TEST_MISUSE_CASES + TEST_MODEL_CASES] = {
        {"tiny_init", test_init},     {"tiny_fill", test_fill},       {"tiny_bars", test_bars},
        {"tiny_resize", test_resize}, {"tiny_aligned", test_aligned},
    };
    for (unsigned i = 0; i < TEST_MISUSE_CASES; i++)
        all[5 + i] = test_misuse_cases[i];
    for (unsigned i = 0; i < TEST_MODEL_CASES; i++)
        all[5 + TEST_MISUSE_CASES + i] = test_model_cases[i];
    size_t room = (size_t)kit_argument_number("room", 2048 * GRANULE_BYTES);
    test_ram = kit_ram(0, &test_ram_bytes);
    if (test_ram == NULL)
        return 2;
    if (test_ram_bytes > room)
        test_ram_bytes = room;
    return kit_run_cases(all, sizeof all / sizeof all[0]);
}
