/* SPDX-License-Identifier: MIT */
/* Memory for hak: regions from mmap(2), each larger than the last. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "hak_fork.h"
#include "preload.h"
#include "sleep_lock.h"

#define MIB ((size_t)1 << 20)
#define GIB ((size_t)1 << 30)

/* A region's maps, 1/40 of it, are touched when it is added. */
#define FIRST_BYTES (64 * MIB)
#define MOST_BYTES  (64 * GIB) /* what hak takes as one region */
/* Beside the maps: hak's control data, and the ends. */
#define SLACK_BYTES (2 * MIB)

/* From so many bytes on, the kernel zeroes; pages that were never touched stay
 * so, as with libc's calloc. */
#define KERNEL_ZEROES_BYTES MIB

static sleep_lock growing;
static size_t next_bytes; /* of the next region; growing */
static atomic_uint regions;
static atomic_size_t refusals;
static atomic_size_t released;

size_t heap_released(void) { return atomic_load_explicit(&released, memory_order_relaxed); }

size_t heap_refusals(void) { return atomic_load_explicit(&refusals, memory_order_relaxed); }
unsigned heap_regions(void) { return atomic_load_explicit(&regions, memory_order_acquire); }

void heap_refuse(void)
{
    atomic_fetch_add_explicit(&refusals, 1, memory_order_relaxed);
    errno = ENOMEM;
}

void hak_port_copy(void *to, const void *from, size_t bytes) { memcpy(to, from, bytes); }

void hak_port_zero(void *to, size_t bytes)
{
    uintptr_t page = (uintptr_t)getpagesize(), start = (uintptr_t)to, end = start + bytes;
    uintptr_t first = (start + page - 1) & ~(page - 1), last = end & ~(page - 1);
    int saved = errno;
    if (bytes < KERNEL_ZEROES_BYTES || madvise((void *)first, last - first, MADV_DONTNEED) != 0) {
        memset(to, 0, bytes);
    } else {
        memset(to, 0, first - start);
        memset((void *)last, 0, end - last);
    }
    errno = saved;
}

/* Whole pages, which read as zero from now on. */
void hak_port_release(void *start, size_t bytes)
{
    uintptr_t page = (uintptr_t)getpagesize(), from = (uintptr_t)start, to = from + bytes;
    from = (from + page - 1) & ~(page - 1);
    to &= ~(page - 1);
    int saved = errno;
    if (from < to && madvise((void *)from, to - from, MADV_DONTNEED) == 0)
        atomic_fetch_add_explicit(&released, to - from, memory_order_relaxed);
    errno = saved;
}

/* n, nK, nM or nG; 0 if the text is none of these. */
static size_t parse_bytes(const char *text)
{
    size_t bytes = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        bytes = bytes * 10 + (size_t)(*text - '0');
    unsigned shift = *text == 'K' ? 10 : *text == 'M' ? 20 : *text == 'G' ? 30 : 0;
    return bytes << shift;
}

/* libc may not know the environment yet when the first malloc comes. */
static size_t first_bytes(void)
{
    const char *text = getenv("HAK_FIRST");
    size_t bytes = text == NULL ? 0 : parse_bytes(text);
    return bytes != 0 && bytes <= MOST_BYTES ? bytes : FIRST_BYTES;
}

/* Twice the last one, and four times from 1 GiB on: 8 regions come to 86 GiB. */
static size_t bytes_after(size_t bytes)
{
    size_t next = bytes >= GIB ? bytes * 4 : bytes * 2;
    return next < MOST_BYTES ? next : MOST_BYTES;
}

/* A region that surely serves so many bytes; over MOST_BYTES: there is none. */
static size_t region_for(size_t size, size_t alignment)
{
    if (size > MOST_BYTES || alignment > MOST_BYTES)
        return SIZE_MAX;
    size_t need = size + size / 16 + alignment + SLACK_BYTES;
    return (need + need / 32 + MIB - 1) & ~(MIB - 1);
}

/* Map the wished number of bytes, or at least half as many, and so on down to
 * the least; *bytes says how many. */
static void *map(size_t *bytes, size_t least)
{
    for (;;) {
        void *range = mmap(NULL, *bytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (range != MAP_FAILED || *bytes <= least)
            return range;
        *bytes = *bytes / 2 > least ? *bytes / 2 : least;
    }
}

/* Add a region of at least `least` bytes. */
static bool add_region(size_t least)
{
    size_t wish = next_bytes != 0 ? next_bytes : first_bytes();
    size_t bytes = wish > least ? wish : least;
    unsigned count = heap_regions();
    void *range = least > MOST_BYTES ? MAP_FAILED : map(&bytes, least);
    if (range == MAP_FAILED)
        return false;
    hak_status status = count == 0 ? hak_init(range, bytes) : hak_add_region(range, bytes);
    if (status != HAK_OK) {
        munmap(range, bytes);
        return false;
    }
    next_bytes = bytes_after(bytes > wish ? bytes : wish);
    /* release: pairs with heap_regions() */
    atomic_store_explicit(&regions, count + 1, memory_order_release);
    return true;
}

/* More memory than when there were `seen` regions. */
static bool grow(unsigned seen, size_t least)
{
    sleep_lock_take(&growing);
    bool grown = heap_regions() != seen || add_region(least);
    sleep_lock_drop(&growing);
    return grown;
}

void heap_start(void)
{
    if (heap_regions() == 0 && grow(0, HAK_HEAP_MIN))
        fork_register();
}

static void *attempt(const preload_request *request)
{
    if (request->old != NULL)
        return hak_realloc(request->old, request->size);
    if (request->zeroed)
        return hak_calloc(1, request->size);
    if (request->alignment != 0)
        return hak_aligned_alloc(request->alignment, request->size);
    return hak_malloc(request->size);
}

void *heap_serve(const preload_request *request)
{
    int saved = errno;
    size_t least = region_for(request->size, request->alignment);
    heap_start();
    for (;;) {
        unsigned seen = heap_regions(), faults = thread_faults;
        void *block = attempt(request);
        errno = saved;
        if (block != NULL)
            return block;
        if (thread_faults != faults || !grow(seen, least))
            break;
    }
    heap_refuse();
    return NULL;
}

void heap_fork_prepare(void)
{
    sleep_lock_take(&growing);
    hak_fork_prepare();
}

void heap_fork_parent(void)
{
    hak_fork_parent();
    sleep_lock_drop(&growing);
}

void heap_fork_child(void)
{
    hak_fork_child();
    sleep_lock_reset(&growing);
}
