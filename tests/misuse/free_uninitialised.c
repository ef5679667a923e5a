/* SPDX-License-Identifier: MIT */
/* Pointers that nobody ever set: whatever lay in memory; also before hak_init. */
#include "misuse.h"

const bool misuse_without_heap = true;

static void test_before_init(void)
{
    static char somewhere[32];
    uint64_t random = 5;
    KIT_CHECK(misuse_every_call(somewhere, HAK_FAULT_NOT_INIT, HAK_FAULT_NOT_INIT));
    KIT_CHECK(misuse_every_call((void *)UINTPTR_MAX, HAK_FAULT_NOT_INIT, HAK_FAULT_NOT_INIT));
    for (unsigned i = 0; i < 200; i++) {
        uintptr_t p = (uintptr_t)kit_random(&random) >> i % 64 | 1;
        KIT_CHECK(misuse_every_call((void *)p, HAK_FAULT_NOT_INIT, HAK_FAULT_NOT_INIT));
    }
    hak_free(NULL);
    KIT_CHECK(hak_usable_size(NULL) == 0 && hak_malloc(1) == NULL && hak_realloc(NULL, 1) == NULL);
    KIT_CHECK(misuse_silent());
}

static void test_junk(void)
{
    static const uint64_t junk[] = {0xdeadbeefdeadbeef, 0xa5a5a5a5a5a5a5a5, 0x4141414141414141,
                                    0x5555555555555550, 0xccccccccccccccc0, 0xfeeefeeefeeefee0};
    uint64_t random = 9;
    KIT_CHECK(misuse_start());
    for (unsigned i = 0; i < sizeof junk / sizeof junk[0]; i++)
        KIT_CHECK(
            misuse_every_call((void *)(uintptr_t)junk[i], HAK_FAULT_FOREIGN, HAK_FAULT_FOREIGN));
    for (unsigned i = 0; i < 1000; i++) {
        uintptr_t p = (uintptr_t)kit_random(&random) >> i % 64 | 1;
        if (p - (uintptr_t)misuse_heap >= MISUSE_HEAP)
            KIT_CHECK(misuse_every_call((void *)p, HAK_FAULT_FOREIGN, HAK_FAULT_FOREIGN));
    }
}

/* Into the heap, where nothing was ever handed out. */
static void test_free_memory(void)
{
    char *first = hak_malloc(1);
    KIT_CHECK(first != NULL);
    for (char *p = first + HAK_GRANULE; p < misuse_heap + MISUSE_HEAP; p += 37 * HAK_GRANULE)
        KIT_CHECK(misuse_every_call(p, HAK_FAULT_DOUBLE_FREE, HAK_FAULT_NOT_A_BLOCK));
    KIT_CHECK(misuse_every_call(first + HAK_GRANULE, HAK_FAULT_DOUBLE_FREE, HAK_FAULT_DOUBLE_FREE));
    KIT_CHECK(hak_usable_size(first) >= 1);
}

/* In a page, a block that was not handed out yet. */
static void test_free_blocks(void)
{
    char *block[2];
    KIT_CHECK(misuse_page_blocks(block, 2));
    char *next = hak_malloc(IN_PAGE);
    hak_free(next);
    KIT_CHECK(misuse_every_call(next, HAK_FAULT_DOUBLE_FREE, HAK_FAULT_DOUBLE_FREE));
    KIT_CHECK(misuse_silent());
}

MISUSE_CASES({"free_before_init", test_before_init}, {"free_junk", test_junk},
             {"free_never_handed_out", test_free_memory}, {"free_block_of_page", test_free_blocks});
