/* SPDX-License-Identifier: MIT */
/* Alignments that are no power of two; and powers that no memory has. */
#include "misuse.h"

const bool misuse_without_heap = false;

static size_t alignment, size;

static __attribute__((noinline)) void *call_aligned(void)
{
    void *result = hak_aligned_alloc(alignment, size);
    __asm__ volatile("" : "+r"(result)::"memory");
    return result;
}

static void test_no_power(void)
{
    static const size_t bad[] = {
        0,  3,  5,   6,    7,    9,     12,       15,           17,           24,
        48, 96, 100, 4095, 4097, 65535, SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2, SIZE_MAX / 2 + 2};
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
        for (size = 0; size < 5000; size = size * 3 + 1) {
            alignment = bad[i];
            KIT_CHECK(misuse_size(call_aligned, NULL, HAK_FAULT_ALIGNMENT));
        }
}

static void test_powers(void)
{
    for (alignment = 1; alignment != 0; alignment *= 2)
        for (size = 0; size < 5000; size = size * 3 + 1) {
            char *p = hak_aligned_alloc(alignment, size);
            KIT_CHECK(p != NULL || alignment > MISUSE_HEAP / 4);
            KIT_CHECK((uintptr_t)p % alignment == 0);
            hak_free(p);
        }
    KIT_CHECK(misuse_silent());
}

MISUSE_CASES({"bad_alignment", test_no_power}, {"good_alignment", test_powers});
