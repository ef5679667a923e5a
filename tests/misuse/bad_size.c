/* SPDX-License-Identifier: MIT */
/* Sizes that no heap can have, and products that overflow. */
#include "misuse.h"

const bool misuse_without_heap = false;

static char *block;
static size_t first, second;

#define CALL(name, expression)                                                                     \
    static __attribute__((noinline)) void *name(void)                                              \
    {                                                                                              \
        void *result = expression;                                                                 \
        __asm__ volatile("" : "+r"(result)::"memory");                                             \
        return result;                                                                             \
    }
CALL(call_malloc, hak_malloc(first))
CALL(call_calloc, hak_calloc(first, second))
CALL(call_realloc, hak_realloc(block, first))
CALL(call_realloc_null, hak_realloc(NULL, first))
CALL(call_aligned, hak_aligned_alloc(second, first))

static const size_t too_big[] = {SIZE_MAX,
                                 SIZE_MAX - 1,
                                 SIZE_MAX - 15,
                                 SIZE_MAX - 64,
                                 (size_t)PTRDIFF_MAX + 1,
                                 (size_t)PTRDIFF_MAX + 17};

static void test_too_big(void)
{
    char *blocks[2] = {NULL, hak_malloc(IN_RUN)};
    KIT_CHECK(misuse_page_blocks(blocks, 1));
    for (unsigned i = 0; i < sizeof too_big / sizeof too_big[0]; i++) {
        first = too_big[i];
        KIT_CHECK(misuse_size(call_malloc, NULL, HAK_FAULT_SIZE));
        KIT_CHECK(misuse_size(call_realloc_null, NULL, HAK_FAULT_SIZE));
        for (second = 1; second <= 4096; second *= 2)
            KIT_CHECK(misuse_size(call_aligned, NULL, HAK_FAULT_SIZE));
        for (unsigned k = 0; k < 2; k++) {
            block = blocks[k];
            block[0] = 42;
            KIT_CHECK(misuse_size(call_realloc, block, HAK_FAULT_SIZE));
            KIT_CHECK(block[0] == 42 && hak_usable_size(block) != 0);
        }
    }
    hak_free(blocks[0]);
    hak_free(blocks[1]);
    KIT_CHECK(misuse_silent());
}

#define HALF_OF_BITS ((size_t)1 << sizeof(size_t) * 4)

static void test_product(void)
{
    static const size_t pair[][2] = {{SIZE_MAX, 2},         {2, SIZE_MAX},
                                     {SIZE_MAX, SIZE_MAX},  {HALF_OF_BITS, HALF_OF_BITS},
                                     {SIZE_MAX / 2 + 1, 2}, {SIZE_MAX / 16 + 1, 16},
                                     {3, SIZE_MAX / 3 + 1}, {SIZE_MAX, 1},
                                     {1, SIZE_MAX},         {SIZE_MAX / 2, 2}};
    for (unsigned i = 0; i < sizeof pair / sizeof pair[0]; i++) {
        first = pair[i][0];
        second = pair[i][1];
        KIT_CHECK(misuse_size(call_calloc, NULL, HAK_FAULT_SIZE));
    }
    void *p = hak_calloc(SIZE_MAX, 0), *q = hak_calloc(0, SIZE_MAX);
    KIT_CHECK(p != NULL && q != NULL && p != q);
    hak_free(p);
    hak_free(q);
    KIT_CHECK(misuse_silent());
}

/* Around the largest heap, and the largest number of granules. */
#if SIZE_MAX > UINT32_MAX
#define LARGE                                                                                      \
    (size_t)1 << 62, (size_t)1 << 40, ((size_t)1 << 36) + 1, (size_t)1 << 36,                      \
        ((size_t)1 << 36) - 1, (size_t)1 << 35, ((size_t)UINT32_MAX + 1) * 16,                     \
        (size_t)UINT32_MAX * 16, ((size_t)UINT32_MAX - 63) * 16, ((size_t)UINT32_MAX - 64) * 16,   \
        (size_t)1 << 32, UINT32_MAX
#else
#define LARGE                                                                                      \
    ((size_t)1 << 30) + 1, (size_t)1 << 30, ((size_t)1 << 30) - 1, (size_t)7 << 28,                \
        PTRDIFF_MAX - 7, PTRDIFF_MAX - 8, PTRDIFF_MAX - 256, (size_t)1 << 28, (size_t)1 << 25
#endif

/* Large, but no mistake: NULL, and nothing is reported. */
static void test_no_mistake(void)
{
    static const size_t large[] = {PTRDIFF_MAX, PTRDIFF_MAX - 1, LARGE, MISUSE_HEAP};
    block = hak_malloc(100);
    for (unsigned i = 0; i < sizeof large / sizeof large[0]; i++) {
        KIT_CHECK(hak_malloc(large[i]) == NULL && hak_calloc(1, large[i]) == NULL);
        KIT_CHECK(hak_realloc(block, large[i]) == NULL && hak_realloc(NULL, large[i]) == NULL);
        for (size_t alignment = 1; alignment != 0; alignment *= 2)
            KIT_CHECK(hak_aligned_alloc(alignment, large[i]) == NULL);
        KIT_CHECK(misuse_silent());
    }
    hak_free(block);
}

MISUSE_CASES({"bad_size_too_big", test_too_big}, {"bad_size_product", test_product},
             {"bad_size_no_mistake", test_no_mistake});
