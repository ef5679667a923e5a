/* SPDX-License-Identifier: MIT */
/* Regions with tags: bad pointers into them, bad sizes, regions that cannot go. */
#include "misuse.h"

const bool misuse_without_heap = false;

enum { PART = 100000, DMA = HAK_MEMORY_DMA, FAST = HAK_MEMORY_FAST };

static char *part;

static bool add(void)
{
    size_t bytes;
    char *more = kit_ram(2 * MISUSE_HEAP, &bytes);
    HOLDS(more != NULL);
    part = more + MISUSE_HEAP + 5008; /* on a board the heap's own RAM: behind the heap */
    HOLDS(hak_add_region_tagged(part, PART, DMA) == HAK_OK);
    return true;
}

/* Every way to be wrong about a block, in a region with tags. */
static void test_pointers(void)
{
    KIT_CHECK(add());
    char *p = hak_malloc_in(DMA, 500), *big = hak_malloc_lines(DMA, 64, IN_CACHE),
         *end = part + PART;
    KIT_CHECK(misuse_every_call(p + 1, HAK_FAULT_MISALIGNED, HAK_FAULT_MISALIGNED));
    KIT_CHECK(misuse_every_call(p + 16, HAK_FAULT_INTERIOR, HAK_FAULT_INTERIOR));
    KIT_CHECK(misuse_every_call(big + 64, HAK_FAULT_INTERIOR, HAK_FAULT_INTERIOR));
    KIT_CHECK(misuse_every_call(end - 16, HAK_FAULT_DOUBLE_FREE, HAK_FAULT_NOT_A_BLOCK));
    KIT_CHECK(misuse_every_call(end, HAK_FAULT_FOREIGN, HAK_FAULT_FOREIGN));
    for (size_t at = 0; at < 2400; at += 16 + at % 32) /* control data */
        KIT_CHECK(misuse_every_call(part + at, HAK_FAULT_FOREIGN, HAK_FAULT_MISALIGNED));
    hak_free(big);
    KIT_CHECK(misuse_every_call(big, HAK_FAULT_DOUBLE_FREE, HAK_FAULT_DOUBLE_FREE));
    hak_free(p);
    KIT_CHECK(misuse_every_call(p, HAK_FAULT_DOUBLE_FREE, HAK_FAULT_DOUBLE_FREE));
    KIT_CHECK(hak_region_remove(part) == HAK_OK);
    KIT_CHECK(misuse_every_call(p, HAK_FAULT_FOREIGN, HAK_FAULT_FOREIGN));
    KIT_CHECK(misuse_every_call(p + 1, HAK_FAULT_FOREIGN, HAK_FAULT_FOREIGN));
}

/* No tail call: the call site lies in the function. */
#define CALL(name, expression)                                                                     \
    static __attribute__((noinline)) void *name(void)                                              \
    {                                                                                              \
        void *result = expression;                                                                 \
        __asm__ volatile("" : "+r"(result)::"memory");                                             \
        return result;                                                                             \
    }
CALL(too_big, hak_malloc_in(DMA, (size_t)PTRDIFF_MAX + 1))
CALL(too_big_for_all, hak_malloc_in(0, SIZE_MAX))
CALL(no_line, hak_malloc_lines(DMA, 0, 10))
CALL(odd_line, hak_malloc_lines(DMA, 48, 10))
CALL(odd_line_for_all, hak_malloc_lines(0, 3, 10))
CALL(too_many_lines, hak_malloc_lines(DMA, 64, SIZE_MAX))

/* Sizes and lines; what is only not to be had is no fault. */
static void test_sizes(void)
{
    KIT_CHECK(add());
    KIT_CHECK(misuse_size(too_big, NULL, HAK_FAULT_SIZE));
    KIT_CHECK(misuse_size(too_big_for_all, NULL, HAK_FAULT_SIZE));
    KIT_CHECK(misuse_size(no_line, NULL, HAK_FAULT_ALIGNMENT));
    KIT_CHECK(misuse_size(odd_line, NULL, HAK_FAULT_ALIGNMENT));
    KIT_CHECK(misuse_size(odd_line_for_all, NULL, HAK_FAULT_ALIGNMENT));
    KIT_CHECK(misuse_size(too_many_lines, NULL, HAK_FAULT_SIZE));
    KIT_CHECK(hak_malloc_in(FAST, 1) == NULL && hak_malloc_in(FAST | DMA, 0) == NULL);
    KIT_CHECK(hak_malloc_in(~UINT32_C(0), 1) == NULL && hak_malloc_in(DMA, PART) == NULL);
    KIT_CHECK(hak_malloc_lines(DMA, MISUSE_BIT(63), 1) == NULL);
    KIT_CHECK(hak_malloc_lines(DMA, 64, PTRDIFF_MAX) == NULL);
    char *none = hak_malloc_in(DMA, 0);
    KIT_CHECK(none != NULL && hak_usable_size(none) == HAK_GRANULE);
    KIT_CHECK(hak_region_remove(part) == HAK_ERR_LIVE);
    hak_free(none);
    KIT_CHECK(misuse_silent() && hak_region_remove(part) == HAK_OK);
}

/* Which regions cannot be retired or removed, and why. */
static void test_leaving(void)
{
    KIT_CHECK(add());
    hak_status (*const call[])(const void *) = {hak_region_retire, hak_region_remove};
    char *block = hak_malloc_in(DMA, 1);
    for (unsigned i = 0; i < 2; i++) {
        KIT_CHECK(call[i](misuse_heap) == HAK_ERR_NO_TAGS);
        KIT_CHECK(call[i](NULL) == HAK_ERR_NO_REGION);
        KIT_CHECK(call[i](block) == HAK_ERR_NO_REGION);
        KIT_CHECK(call[i](part + 16) == HAK_ERR_NO_REGION);
        KIT_CHECK(call[i](part + PART) == HAK_ERR_NO_REGION);
        KIT_CHECK(call[i](&block) == HAK_ERR_NO_REGION);
        KIT_CHECK(call[i]((void *)UINTPTR_MAX) == HAK_ERR_NO_REGION);
    }
    KIT_CHECK(hak_region_remove(part) == HAK_ERR_LIVE && hak_region_retire(part) == HAK_OK);
    KIT_CHECK(hak_region_remove(part) == HAK_ERR_LIVE && hak_malloc_in(DMA, 1) == NULL);
    hak_free(block);
    KIT_CHECK(hak_region_remove(part) == HAK_OK && hak_region_remove(part) == HAK_ERR_NO_REGION);
    KIT_CHECK(misuse_silent());
}

MISUSE_CASES({"bad_pointer_to_tagged", test_pointers}, {"bad_size_in_tagged", test_sizes},
             {"bad_leaving_of_tagged", test_leaving});
