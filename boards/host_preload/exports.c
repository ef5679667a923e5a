/* SPDX-License-Identifier: MIT */
/* The malloc family, with the errno that POSIX, C and glibc's manual want. */
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include "preload.h"

static inline bool is_power_of_two(size_t n) { return n != 0 && (n & (n - 1)) == 0; }

static void *refuse(int why)
{
    if (why == ENOMEM)
        heap_refuse();
    errno = why;
    return NULL;
}

static void *serve_aligned(size_t alignment, size_t size)
{
    if (size > PTRDIFF_MAX || alignment > PTRDIFF_MAX)
        return refuse(ENOMEM);
    bool turn = thread_begin();
    void *block = hak_aligned_alloc(alignment, size);
    if (block == NULL)
        block = heap_serve(&(preload_request){NULL, alignment, size, false});
    thread_end(turn);
    return block;
}

EXPORT void *malloc(size_t size)
{
    if (size > PTRDIFF_MAX)
        return refuse(ENOMEM);
    bool turn = thread_begin();
    void *block = hak_malloc(size);
    if (block == NULL)
        block = heap_serve(&(preload_request){NULL, 0, size, false});
    thread_end(turn);
    return block;
}

EXPORT void *calloc(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX)
        return refuse(ENOMEM);
    bool turn = thread_begin();
    void *block = hak_calloc(1, bytes);
    if (block == NULL)
        block = heap_serve(&(preload_request){NULL, 0, bytes, true});
    thread_end(turn);
    return block;
}

EXPORT void free(void *block)
{
    if (block == NULL)
        return;
    bool turn = thread_begin();
    hak_free(block);
    thread_freed();
    thread_end(turn);
}

/* The alignment that a block may have been asked for with. */
static size_t alignment_of(const void *block)
{
    size_t lowest = (uintptr_t)block & -(uintptr_t)block;
    return lowest < (size_t)1 << 30 ? lowest : (size_t)1 << 30;
}

EXPORT void *realloc(void *old, size_t size)
{
    if (old == NULL)
        return malloc(size);
    if (size == 0) { /* as glibc does */
        free(old);
        return NULL;
    }
    if (size > PTRDIFF_MAX)
        return refuse(ENOMEM);
    bool turn = thread_begin();
    unsigned faults = thread_faults;
    void *block = hak_realloc(old, size);
    if (block == NULL && thread_faults == faults)
        block = heap_serve(&(preload_request){old, alignment_of(old), size, false});
    thread_end(turn);
    return block;
}

EXPORT void *reallocarray(void *old, size_t count, size_t size)
{
    size_t bytes;
    return __builtin_mul_overflow(count, size, &bytes) ? refuse(ENOMEM) : realloc(old, bytes);
}

EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
    return is_power_of_two(alignment) ? serve_aligned(alignment, size) : refuse(EINVAL);
}

/* Rounds the alignment up to a power of two, as glibc does. */
EXPORT void *memalign(size_t alignment, size_t size)
{
    size_t power = HAK_GRANULE;
    if (alignment > SIZE_MAX / 2 + 1)
        return refuse(EINVAL);
    while (power < alignment)
        power *= 2;
    return serve_aligned(power, size);
}

/* Returns the error; errno and, then, *block stay as they were. */
EXPORT int posix_memalign(void **block, size_t alignment, size_t size)
{
    if (!is_power_of_two(alignment) || alignment % sizeof(void *) != 0)
        return EINVAL;
    int saved = errno;
    void *served = serve_aligned(alignment, size);
    errno = saved;
    if (served == NULL)
        return ENOMEM;
    *block = served;
    return 0;
}

EXPORT void *valloc(size_t size) { return serve_aligned((size_t)getpagesize(), size); }

EXPORT void *pvalloc(size_t size)
{
    size_t page = (size_t)getpagesize(), rounded;
    if (__builtin_add_overflow(size, page - 1, &rounded))
        return refuse(ENOMEM);
    return serve_aligned(page, rounded & ~(page - 1));
}

EXPORT size_t malloc_usable_size(void *block)
{
    bool turn = thread_begin();
    size_t bytes = hak_usable_size(block);
    thread_end(turn);
    return bytes;
}

/* C23, and the old names: cfree of SunOS, __libc_... of glibc. */
#define SAME_AS(name) __attribute__((alias(#name), copy(name), visibility("default")))

EXPORT void free_sized(void *block, size_t size)
{
    (void)size;
    free(block);
}

EXPORT void free_aligned_sized(void *block, size_t alignment, size_t size)
{
    (void)alignment;
    (void)size;
    free(block);
}

void cfree(void *block) SAME_AS(free);
void __libc_free(void *block) SAME_AS(free);
void *__libc_malloc(size_t size) SAME_AS(malloc);
void *__libc_calloc(size_t count, size_t size) SAME_AS(calloc);
void *__libc_realloc(void *old, size_t size) SAME_AS(realloc);
void *__libc_reallocarray(void *old, size_t count, size_t size) SAME_AS(reallocarray);
void *__libc_memalign(size_t alignment, size_t size) SAME_AS(memalign);
void *__libc_valloc(size_t size) SAME_AS(valloc);
void *__libc_pvalloc(size_t size) SAME_AS(pvalloc);
