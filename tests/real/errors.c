/* SPDX-License-Identifier: MIT */
/* What every exported function answers, and errno, in the odd cases. */
#include <errno.h>
#include <malloc.h>

#include "real.h"

/* Not in every glibc, or only for old programs. */
void free_sized(void *block, size_t size) __attribute__((weak));
void free_aligned_sized(void *block, size_t alignment, size_t size) __attribute__((weak));
void cfree(void *block) __attribute__((weak));

/* Hidden from the compiler, which knows what malloc(-1) is. */
static volatile size_t most = SIZE_MAX, zero = 0, one = 1;
static const size_t TOO_LARGE[] = {SIZE_MAX, SIZE_MAX - 15, (size_t)PTRDIFF_MAX + 1, PTRDIFF_MAX,
                                   (size_t)1 << 46};

/* The call must answer NULL and set errno. */
#define REFUSED(call, why)                                                                         \
    do {                                                                                           \
        errno = 0;                                                                                 \
        CHECK((call) == NULL);                                                                     \
        CHECK(errno == (why));                                                                     \
    } while (0)

/* The call must answer a fresh block and leave errno. */
#define SERVED(call, alignment)                                                                    \
    do {                                                                                           \
        errno = 4711;                                                                              \
        void *served_ = (call);                                                                    \
        CHECK(served_ != NULL && (uintptr_t)served_ % (alignment) == 0 && errno == 4711);          \
        free(served_);                                                                             \
        CHECK(errno == 4711);                                                                      \
    } while (0)

static void test_too_large(void)
{
    for (unsigned i = 0; i < sizeof TOO_LARGE / sizeof *TOO_LARGE; i++) {
        volatile size_t size = TOO_LARGE[i];
        void *p = (void *)8, *old = malloc(100);
        memset(old, 7, 100);
        REFUSED(malloc(size), ENOMEM);
        REFUSED(calloc(one, size), ENOMEM);
        REFUSED(calloc(size, 3), ENOMEM);
        REFUSED(realloc(NULL, size), ENOMEM);
        REFUSED(realloc(old, size), ENOMEM);
        REFUSED(reallocarray(old, size, 2), ENOMEM);
        REFUSED(reallocarray(old, 1, size), ENOMEM);
        REFUSED(aligned_alloc(64, size), ENOMEM);
        REFUSED(memalign(64, size), ENOMEM);
        REFUSED(valloc(size), ENOMEM);
        REFUSED(pvalloc(size), ENOMEM);
        errno = 4711;
        CHECK(posix_memalign(&p, 64, size) == ENOMEM && errno == 4711 && p == (void *)8);
        for (unsigned j = 0; j < 100; j++)
            CHECK(((unsigned char *)old)[j] == 7);
        free(old);
    }
    REFUSED(calloc(most / 2, 3), ENOMEM);
    REFUSED(reallocarray(NULL, most / 2, 3), ENOMEM);
    REFUSED(malloc((size_t)65 << 30), ENOMEM); /* more than one region can hold */
}

static void test_alignments(void)
{
    static const size_t BAD[] = {0, 1, 2, 4, 3, 12, 24, 48, 100, SIZE_MAX};
    void *p = (void *)8;
    for (unsigned i = 0; i < sizeof BAD / sizeof *BAD; i++)
        CHECK(posix_memalign(&p, BAD[i], 10) == EINVAL && p == (void *)8);
    REFUSED(aligned_alloc(zero, 10), EINVAL);
    REFUSED(aligned_alloc(3 * one, 10), EINVAL);
    REFUSED(aligned_alloc(most, 10), EINVAL);
    REFUSED(memalign(most, 10), EINVAL);
    SERVED(aligned_alloc(one, 10), 16);
    SERVED(memalign(zero, 10), 16);
    SERVED(memalign(33 * one, 10), 64);
    SERVED(valloc(1), 4096);
    SERVED(valloc(zero), 4096);
    SERVED(pvalloc(1), 4096);
    for (size_t alignment = 8; alignment <= (size_t)1 << 28; alignment *= 2) {
        SERVED(aligned_alloc(alignment, 100), alignment);
        SERVED(memalign(alignment, zero), alignment);
        errno = 4711;
        CHECK(posix_memalign(&p, alignment, 10) == 0 && errno == 4711);
        CHECK(p != (void *)8 && (uintptr_t)p % alignment == 0);
        p = realloc(p, 100000);
        CHECK(p != NULL);
        free(p);
        p = (void *)8;
    }
    CHECK(posix_memalign(&p, 64, zero) == 0);
    free(p);
    p = pvalloc(1);
    CHECK(malloc_usable_size(p) >= 4096);
    free(p);
}

static void test_sizes(void)
{
    SERVED(malloc(zero), 16);
    SERVED(calloc(zero, 8), 16);
    SERVED(realloc(NULL, 100), 16);
    SERVED(realloc(NULL, zero), 16);
    SERVED(reallocarray(NULL, 10, 10), 16);
    CHECK(malloc(zero) != malloc(zero));
    CHECK(realloc(malloc(10), zero) == NULL);
    CHECK(reallocarray(malloc(10), zero, 10) == NULL);
    CHECK(malloc_usable_size(NULL) == 0);
    size_t before = mallinfo2().uordblks;
    for (unsigned i = 0; i < 100000; i++)
        CHECK(realloc(malloc(1000), zero) == NULL);
    CHECK(mallinfo2().uordblks < before + 100000);
    for (size_t size = 1; size < 3000000; size += size / 3 + 1) {
        unsigned char *p = malloc(size);
        size_t usable = malloc_usable_size(p);
        CHECK(usable >= size);
        memset(p, 0xff, usable);
        free(p);
        p = calloc(size, 1);
        for (size_t i = 0; i < size; i++)
            CHECK(p[i] == 0);
        p[size - 1] = 9;
        p = realloc(p, size * 3);
        CHECK(p[size - 1] == 9);
        free(p);
    }
}

static void test_others(void)
{
    errno = 4711;
    free(NULL);
    free_sized(malloc(10), 10);
    free_aligned_sized(aligned_alloc(64, 64), 64, 64);
    cfree(malloc(10));
    CHECK(mallopt(M_MMAP_THRESHOLD, 1000) == 1);
    int trimmed = malloc_trim(0);
    CHECK(trimmed == 0 || trimmed == 1);
    CHECK(mallinfo2().arena > 0 && errno == 4711);
    CHECK(malloc_info(0, stdout) == 0 && malloc_info(1, stdout) == EINVAL);
    char *line = NULL; /* libc's own uses of the family */
    size_t capacity = 0;
    FILE *file = fopen("/proc/self/maps", "r");
    CHECK(file != NULL && getline(&line, &capacity, file) > 0 &&
          malloc_usable_size(line) >= capacity);
    free(line);
    fclose(file);
}

int main(void)
{
    test_too_large();
    test_alignments();
    test_sizes();
    test_others();
    return 0;
}
