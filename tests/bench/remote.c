/* SPDX-License-Identifier: MIT */
/*
 * Core 1 allocates, then sleeps; core 0 frees. Which page a block lies in is
 * told by hak's counters while core 1 allocates: every page has its refill.
 * The last page of each size is still core 1's own, the others have been left.
 * blocks=2000 or some more of each size, so that it has free blocks.
 */
#include "bench.h"

enum { MOST_BLOCKS = 2500, IN_NO_PAGE = 0, SIZES = 4 };

static const size_t sizes[SIZES] = {16, 64, 256, 1024};
static const char *const names[SIZES] = {"16", "64", "256", "1024"};

static struct batch {
    void *block[MOST_BLOCKS];
    unsigned page[MOST_BLOCKS];
    unsigned count, pages;
} batches[SIZES];

static size_t pages_taken(const hak_stats *s) { return s->refill_adopt + s->refill_birth; }

/* Allocate one; how many of the last page's blocks are taken now. */
static unsigned allocate_one(struct batch *b, size_t size, unsigned taken)
{
    static hak_stats before, after;
    before = after;
    if (b->count == 0)
        hak_stats_get(&before);
    unsigned i = b->count++;
    b->block[i] = hak_malloc(size);
    hak_stats_get(&after);
    b->page[i] = IN_NO_PAGE;
    if (after.malloc_run != before.malloc_run)
        return taken;
    bool new_page = pages_taken(&after) != pages_taken(&before);
    b->pages += new_page;
    b->page[i] = b->pages;
    return new_page ? 1 : taken + 1;
}

static void allocate(unsigned core, void *context)
{
    unsigned least = *(unsigned *)context;
    for (unsigned k = 0; k < SIZES && core == 1; k++) {
        struct batch *b = &batches[k];
        unsigned taken = 0, of_a_page = 0;
        while (b->count < MOST_BLOCKS && (b->count < least || taken != of_a_page / 2 + 1)) {
            unsigned now = allocate_one(b, sizes[k], taken);
            of_a_page = now < taken ? taken : of_a_page;
            taken = now;
        }
    }
}

/* The costs of one size, by group, and those that count for the bar: neither
 * the first free in a page, nor the one that empties a page which was left. */
static bench_cost by_group[BENCH_GROUPS];

static void free_one(struct batch *b, unsigned i, bool first, bool last)
{
    bool owned = b->page[i] == b->pages;
    bench_group group = owned   ? (first ? BENCH_REMOTE_OWNED_FIRST : BENCH_REMOTE_OWNED)
                        : first ? BENCH_REMOTE_LEFT_FIRST
                        : last  ? BENCH_REMOTE_LEFT_LAST
                                : BENCH_REMOTE_LEFT;
    bench_free_as(group, b->block[i]);
    bench_add(&by_group[group]);
}

/* In an order that jumps about, 7 blocks at a time within the page. */
static void free_page(struct batch *b, unsigned first, unsigned count)
{
    unsigned step = count % 7 == 0 ? 1 : 7;
    for (unsigned i = 0, at = 0; i < count; i++, at = (at + step) % count)
        free_one(b, first + at, i == 0, i + 1 == count);
}

static void free_batch(struct batch *b)
{
    for (unsigned first = 0, behind; first < b->count; first = behind) {
        for (behind = first + 1; behind < b->count && b->page[behind] == b->page[first];)
            behind++;
        if (b->page[first] == IN_NO_PAGE)
            for (unsigned i = first; i < behind; i++)
                hak_free(b->block[i]);
        else
            free_page(b, first, behind - first);
    }
}

void bench_remote(void)
{
    unsigned least = (unsigned)kit_argument_number("blocks", 2000);
    kit_parallel(2, allocate, &least);
    for (unsigned k = 0; k < SIZES; k++) {
        for (unsigned i = 0; i < BENCH_GROUPS; i++)
            by_group[i] = (bench_cost){0, 0, 0};
        free_batch(&batches[k]);
        bench_print("remote_owned_first", names[k], &by_group[BENCH_REMOTE_OWNED_FIRST]);
        bench_print("remote_owned", names[k], &by_group[BENCH_REMOTE_OWNED]);
        bench_print("remote_left_first", names[k], &by_group[BENCH_REMOTE_LEFT_FIRST]);
        bench_print("remote_left", names[k], &by_group[BENCH_REMOTE_LEFT]);
        bench_print("remote_left_last", names[k], &by_group[BENCH_REMOTE_LEFT_LAST]);
    }
}
