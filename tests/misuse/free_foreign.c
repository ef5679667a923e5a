/* SPDX-License-Identifier: MIT */
/* Pointers that lie in no region of the heap. */
#include "misuse.h"

const bool misuse_without_heap = false;

static char somewhere[64] __attribute__((aligned(16)));

static void *foreign(unsigned i)
{
    static _Alignas(16) char local[64];
    const uintptr_t heap = (uintptr_t)misuse_heap;
    const uintptr_t address[] = {
        (uintptr_t)somewhere,
        (uintptr_t)local + 16,
        (uintptr_t)&foreign,
        heap - 16,
        heap - 1,
        heap + MISUSE_HEAP,
        heap + MISUSE_HEAP + 1,
        heap + 16 * MISUSE_HEAP,
        heap,
        heap + 16,
        heap + 1008,
        heap + 2000, /* control data */
        1,
        15,
        16,
        4096,
        UINTPTR_MAX,
        UINTPTR_MAX - 1,
        UINTPTR_MAX - 15,
        UINTPTR_MAX / 2 + 1,
        heap ^ MISUSE_BIT(36),
        heap ^ MISUSE_BIT(63),
    };
    return i < sizeof address / sizeof address[0] ? (void *)address[i] : NULL;
}

static void test_foreign(void)
{
    for (unsigned i = 0; foreign(i) != NULL; i++)
        KIT_CHECK(misuse_every_call(foreign(i), HAK_FAULT_FOREIGN, HAK_FAULT_FOREIGN));
    char on_stack[64];
    KIT_CHECK(misuse_every_call(on_stack, HAK_FAULT_FOREIGN, HAK_FAULT_FOREIGN));
}

/* Every granule of the control data, and of the maps. */
static void test_control_data(void)
{
    hak_stats stats;
    hak_stats_get(&stats);
    for (size_t at = 0; at < stats.metadata_bytes; at += 16 + at % 32)
        KIT_CHECK(misuse_free(misuse_heap + at, HAK_FAULT_FOREIGN, HAK_FAULT_FOREIGN));
}

/* With more regions there are more borders, and a gap. */
static void test_regions(void)
{
    size_t bytes;
    char *more = kit_ram(2 * MISUSE_HEAP + 400000, &bytes) == misuse_heap ? misuse_heap : NULL;
    if (more == NULL)
        more = kit_ram(2 * MISUSE_HEAP + 400000, &bytes);
    char *second = more + MISUSE_HEAP + 100000, *third = second + 150000;
    KIT_CHECK(hak_add_region(third, 100000) == HAK_OK && hak_add_region(second, 100000) == HAK_OK);
    char *const address[] = {second - 16, second, second + 100000,
                             third - 16,  third,  third + 100000};
    for (unsigned i = 0; i < 6; i++)
        KIT_CHECK(misuse_every_call(address[i], HAK_FAULT_FOREIGN, HAK_FAULT_FOREIGN));
    test_foreign();
}

MISUSE_CASES({"free_foreign", test_foreign}, {"free_control_data", test_control_data},
             {"free_foreign_regions", test_regions});
