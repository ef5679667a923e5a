/* SPDX-License-Identifier: MIT */
/* The fault hook is called with neither lock nor mask held: it may call all of
 * the allocator itself. */
#include "misuse.h"

const bool misuse_without_heap = false;

static unsigned calls;

static void use_the_heap(void)
{
    static char *kept;
    hak_stats stats;
    calls++;
    hak_stats_get(&stats);
    hak_free(kept);
    kept = hak_malloc(IN_PAGE + calls);
    hak_free(hak_malloc(IN_RUN));
    hak_core_idle();
    if (hak_check() != NULL)
        kit_fail(__FILE__, __LINE__, "hak_check in the hook");
}

static void test_hook(void)
{
    char *block[4], *big = hak_malloc(IN_RUN);
    KIT_CHECK(misuse_page_blocks(block, 4));
    misuse_hook = use_the_heap;
    for (unsigned i = 0; i < 4; i++) {
        hak_free(block[i] + 1);
        hak_free(block[i] + 16);
        hak_free((char *)big + 16);
        hak_free((void *)(uintptr_t)16);
        KIT_CHECK(hak_realloc((void *)(uintptr_t)16, 10) == NULL);
        KIT_CHECK(hak_malloc(SIZE_MAX) == NULL && hak_aligned_alloc(3, 1) == NULL);
        KIT_CHECK(hak_calloc(SIZE_MAX, 5) == NULL && hak_realloc(big, SIZE_MAX) == NULL);
    }
    KIT_CHECK(calls == 36);
    misuse_hook = NULL;
    for (unsigned i = 0; i < 4; i++)
        hak_free(block[i]);
    hak_free(big);
    KIT_CHECK(hak_check() == NULL);
}

MISUSE_CASES({"fault_hook_uses_the_heap", test_hook});
