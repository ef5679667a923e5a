/* SPDX-License-Identifier: MIT */
/* glibc's calls that ask about its allocator or tune it. */
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

#include "preload.h"

/* hak keeps its regions, but the kernel may have the pages of free extents. */
EXPORT int malloc_trim(size_t pad)
{
    (void)pad;
    bool turn = thread_begin();
    size_t bytes = hak_release(SIZE_MAX);
    thread_end(turn);
    return bytes != 0;
}

/* Every parameter is accepted, and none has a meaning. */
EXPORT int mallopt(int parameter, int value)
{
    (void)parameter;
    (void)value;
    return 1;
}
EXPORT int __libc_mallopt(int parameter, int value) { return mallopt(parameter, value); }

EXPORT struct mallinfo2 mallinfo2(void)
{
    hak_stats stats;
    struct mallinfo2 info = {0};
    hak_stats_get(&stats);
    info.arena = stats.heap_bytes;
    info.usmblks = stats.peak_bytes;
    info.uordblks = stats.live_bytes;
    info.fordblks = stats.heap_bytes - stats.metadata_bytes - stats.live_bytes;
    info.keepcost = stats.largest_free_bytes;
    return info;
}

static int clipped(size_t n) { return n < INT_MAX ? (int)n : INT_MAX; }

EXPORT struct mallinfo __libc_mallinfo(void)
{
    struct mallinfo2 wide = mallinfo2();
    struct mallinfo info = {0};
    info.arena = clipped(wide.arena);
    info.usmblks = clipped(wide.usmblks);
    info.uordblks = clipped(wide.uordblks);
    info.fordblks = clipped(wide.fordblks);
    info.keepcost = clipped(wide.keepcost);
    return info;
}
EXPORT struct mallinfo mallinfo(void) { return __libc_mallinfo(); }

EXPORT void malloc_stats(void) { report_print(STDERR_FILENO); }

EXPORT int malloc_info(int options, FILE *to)
{
    struct mallinfo2 info = mallinfo2();
    if (options != 0)
        return EINVAL;
    fprintf(to,
            "<malloc version=\"1\">\n<total type=\"rest\" size=\"%zu\"/>\n"
            "<system type=\"current\" size=\"%zu\"/>\n</malloc>\n",
            info.uordblks, info.arena);
    return 0;
}
