/* SPDX-License-Identifier: MIT */
/*
 * bounds: what a heap of each size keeps for itself and for its cores, against the
 * formulas of docs/bounds.md, for the number of cores that the library was built for.
 * A line "ok ..." or "FAIL ..." for each heap.
 */
#define _GNU_SOURCE
#include "bound.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static const size_t heaps[] = {1 << 10,   2 << 10, 8 << 10,  16 << 10,  64 << 10,
                               192 << 10, 1 << 20, 16 << 20, 256 << 20, (size_t)1 << 30};
enum { HEAPS = sizeof heaps / sizeof heaps[0] };

/* The formula's parts, in bytes. */
enum {
    PER_UNIT = 25,              /* maps for 1,024 bytes */
    PER_SLOT = 72,              /* for each class and core */
    PER_CLASS = 80,             /* for each class, the head of its list of pages included */
    PER_ROW = 66,               /* for each doubling of a free extent's length: heads of bins */
    PER_CORE_CACHE = 33 * 1024, /* or 1/256 of the heap for all, if that is less */
    NOTES = 2048,               /* and seats; 1/65536 of the heap on top */
    FIXED = 320                 /* the region table, the first and last units */
};

static size_t largest_page(void)
{
    size_t most = 0;
    for (unsigned i = 0; i < pools.class_count; i++)
        if (pools.classes[i].units > most)
            most = pools.classes[i].units;
    return most;
}

static size_t metadata_bound(size_t heap)
{
    size_t units = heap / (UNIT_BYTES + PER_UNIT) + largest_page();
    size_t cache = 0;
    if (pools.cache.zeros != 0) {
        size_t tables = HAK_CORES * (size_t)PER_CORE_CACHE;
        cache = (tables < heap / 256 ? tables : heap / 256) + heap / 65536 + NOTES;
    }
    return units * PER_UNIT + pools.class_count * (PER_SLOT * HAK_CORES + PER_CLASS) +
           (pools.limit_bytes >> GRANULE_SHIFT) +
           bins_count((granule)(heap >> GRANULE_SHIFT)) / BIN_COLUMNS * PER_ROW + cache + FIXED;
}

static size_t pages_of_a_core(void)
{
    size_t bytes = 0;
    for (unsigned i = 0; i < pools.class_count; i++)
        bytes += (size_t)pools.classes[i].units << UNIT_SHIFT;
    return bytes;
}

static int look(size_t heap)
{
    hak_stats s;
    hak_stats_get(&s);
    size_t bound = metadata_bound(heap), apart = (HAK_CORES - 1) * pages_of_a_core();
    size_t kept = pools.cache.seats_most;
    bool good = s.metadata_bytes <= bound && pools.class_count <= CLASSES_MOST &&
                kept + pool_retain() == HAK_RETAIN;
    printf(
        "%s bounds %zu, %d cores: metadata %zu (%.1f%%), at most %zu; %u classes, pages of a core "
        "%zu, out of reach at most %zu (%.1f%%); kept at most %zu pages and %zu blocks; a recall "
        "looks at most at %zu seats and %u pages\n",
        good ? "ok" : "FAIL", heap, HAK_CORES, s.metadata_bytes,
        100.0 * (double)s.metadata_bytes / (double)heap, bound, pools.class_count,
        pages_of_a_core(), apart, 100.0 * (double)apart / (double)heap, pool_retain(), kept, kept,
        HAK_CORES * pools.class_count);
    return good ? 0 : 1;
}

int main(void)
{
    int failed = 0, status;
    char *space = mmap(NULL, heaps[HEAPS - 1], PROT_READ | PROT_WRITE,
                       MAP_ANONYMOUS | MAP_PRIVATE | MAP_NORESERVE, -1, 0);
    if (space == MAP_FAILED)
        return 2;
    setvbuf(stdout, NULL, _IONBF, 0);
    for (unsigned i = 0; i < HEAPS; i++) {
        pid_t pid = fork(); /* a heap can be initialised once */
        if (pid == 0)
            _exit(hak_init(space, heaps[i]) != HAK_OK ? 2 : look(heaps[i]));
        if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
            WEXITSTATUS(status) != 0) {
            printf("FAIL bounds %zu: it ended otherwise\n", heaps[i]);
            failed = 1;
        }
    }
    return failed;
}
