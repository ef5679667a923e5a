/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "bound.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FURTHER_STEPS = 16, STEPS_PER_UNIT = 400 };

uint32_t bound_longest(unsigned bin)
{
    if (bin < 2 * BIN_COLUMNS)
        return bin;
    unsigned shift = bin / BIN_COLUMNS - 1;
    return ((bin - shift * BIN_COLUMNS + 1) << shift) - 1;
}

static granule length_of(size_t bytes, unsigned alignment_log2)
{
    size_t granules = granules_for(bytes);
    unsigned log2 = alignment_log2 > GRANULE_SHIFT ? alignment_log2 - GRANULE_SHIFT : 0;
    return (granule)(granules <= log2 ? log2 + 1 : granules);
}

unsigned bound_bin(size_t bytes, unsigned alignment_log2)
{
    return bin_of(length_of(bytes, alignment_log2));
}

/*
 * The longest free extent that can be there when the search for such a block finds
 * none. Of the block's own bin only the first extent is looked at: it may be too short,
 * and others behind it long enough. A bin of one length has none that are too short.
 */
static granule gap_of(granule length, unsigned alignment_log2)
{
    if (alignment_log2 > GRANULE_SHIFT) /* find_aligned: surely from bin_above() on */
        return bound_longest(bin_above(length + (1u << (alignment_log2 - GRANULE_SHIFT)) - 1) - 1);
    granule longest = bound_longest(bin_of(length));
    return bin_of(length) < 2 * BIN_COLUMNS ? length - 1 : longest;
}

void bound_take(bound_demand *d, size_t bytes, unsigned alignment_log2)
{
    granule length = length_of(bytes, alignment_log2);
    unsigned bin = bin_of(length);
    granule gap = gap_of(bound_longest(bin), alignment_log2);
    if (++d->live[bin] > d->peak[bin])
        d->peak[bin] = d->live[bin];
    if (gap > d->longest_gap)
        d->longest_gap = gap;
}

void bound_release(bound_demand *d, unsigned bin) { d->live[bin]--; }

/* Blocks of the demand that may lie in pages of a class, whose strides end there. Where
 * blocks shrink in place, all that use more than half of the stride. */
static uint64_t blocks_in_class(const bound_demand *d, unsigned index)
{
    granule stride = pools.classes[index].stride >> GRANULE_SHIFT;
    granule before = index == 0 ? 0 : pools.classes[index - 1].stride >> GRANULE_SHIFT;
    granule least = d->resizes && stride / 2 < before ? stride / 2 + 1 : before + 1;
    uint64_t blocks = 0;
    for (unsigned bin = bin_of(least); bin <= bin_of(stride); bin++)
        blocks += d->peak[bin];
    return blocks;
}

static void add_pages(const bound_demand *d, bound_sum *s)
{
    for (unsigned i = 0; i < pools.class_count; i++) {
        const hak_class *c = &pools.classes[i];
        uint64_t blocks = blocks_in_class(d, i);
        if (blocks == 0)
            continue;
        uint64_t pages = (blocks - 1) / c->blocks + HAK_CORES;
        s->pages += pages;
        s->page_length += pages * c->units * UNIT_GRANULES;
    }
}

/* With more than one core a block may be put into the cache after a recall. */
static void add_kept(const bound_demand *d, bound_sum *s)
{
    unsigned longest = 0;
    for (unsigned bin = 1; bin < BOUND_BINS; bin++)
        if (d->peak[bin] != 0 && cache_band(&pools.cache, bound_longest(bin) - 1) < CACHE_BANDS)
            longest = bin;
    if (HAK_CORES == 1 || pools.cache.zeros == 0 || longest == 0)
        return;
    s->kept = pools.cache.seats_most;
    s->kept_length = s->kept * bound_longest(longest);
}

bound_sum bound_of(const bound_demand *d)
{
    bound_sum s = {0};
    for (unsigned bin = 1; bin < BOUND_BINS; bin++) {
        s.blocks += d->peak[bin];
        s.block_length += (uint64_t)d->peak[bin] * bound_longest(bin);
    }
    add_pages(d, &s);
    add_kept(d, &s);
    s.gap = d->longest_gap;
    /* Extents in use, but for the block that is asked for: at most so many less one,
     * so at most so many gaps. A page that is no core's has a block, which is then not
     * alone: only the cores' own pages come on top. */
    uint64_t own = 0;
    for (unsigned i = 0; i < pools.class_count; i++)
        own += blocks_in_class(d, i) != 0 ? HAK_CORES : 0;
    s.needed =
        s.block_length + s.page_length + s.kept_length + (s.blocks + own + s.kept) * s.gap + 1;
    return s;
}

uint64_t bound_usable(void) { return run.usable_granules; }

/* In a child, as a heap can be initialised once. */
static bool suffices(const bound_demand *d, void *heap, size_t bytes, bound_sum *shared)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        if (hak_init(heap, bytes) != HAK_OK)
            _exit(1);
        *shared = bound_of(d);
        _exit(bound_usable() >= shared->needed ? 0 : 1);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

static size_t next_step(size_t bytes) { return bytes + bytes / STEPS_PER_UNIT + 16; }

/* The first size, on the grid of steps from `from`, with 16 that suffice behind it. */
static size_t first_good(const bound_demand *d, void *heap, size_t from, size_t most,
                         bound_sum *shared)
{
    size_t first = from;
    unsigned in_a_row = 0;
    for (size_t bytes = from; in_a_row <= FURTHER_STEPS; bytes = next_step(bytes)) {
        if (bytes > most)
            return 0;
        if (!suffices(d, heap, bytes, shared))
            in_a_row = 0;
        else if (in_a_row++ == 0)
            first = bytes;
    }
    return first;
}

size_t bound_heap(const bound_demand *d, void *heap, size_t most, bound_sum *sum)
{
    bound_sum *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_SHARED, -1, 0);
    size_t bytes = HAK_HEAP_MIN;
    if (shared == MAP_FAILED)
        abort();
    while (bytes < most && !suffices(d, heap, bytes, shared))
        bytes *= 2;
    size_t best = first_good(d, heap, bytes / 2 + 16, most, shared);
    if (best != 0)
        suffices(d, heap, best, shared);
    *sum = *shared;
    munmap(shared, sizeof *shared);
    return best;
}
