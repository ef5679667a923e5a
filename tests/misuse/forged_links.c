/* SPDX-License-Identifier: MIT */
/*
 * The worst that writes after free can do: the program writes links into free
 * memory that look right, and that confirm each other.
 */
#include "misuse.h"

const bool misuse_without_heap = false;

enum { BLOCKS = 16 };

/* The first words of a free extent, as bins.h lays them out. */
typedef struct link {
    uint32_t next, previous;
} link;

/* Free extents of the heap, as a program could find them by what it freed. */
typedef struct found {
    char *extent[64];
    unsigned count;
} found;

static int find(const hak_block *block, void *context)
{
    found *f = context;
    if (block->kind == HAK_BLOCK_FREE && f->count < 64)
        f->extent[f->count++] = block->address;
    return 0;
}

/* An end of a list points to itself: so the number of an extent can be learned
 * from a list of one, and that of the others by the distance. */
static bool number_of(const found *f, uint32_t *number)
{
    for (unsigned i = 0; i < f->count; i++) {
        link l = *(const link *)(const void *)f->extent[i];
        if (l.next == l.previous && l.next != 0)
            for (unsigned k = 0; k < f->count; k++)
                number[k] =
                    l.next + (uint32_t)((f->extent[k] - f->extent[i]) / (ptrdiff_t)HAK_GRANULE);
        if (l.next == l.previous && l.next != 0)
            return true;
    }
    return false;
}

static void forge(uint64_t *random)
{
    found f = {.count = 0};
    uint32_t number[64];
    hak_walk(find, &f);
    if (f.count == 0 || !number_of(&f, number))
        return;
    for (unsigned i = 0; i < 4; i++) {
        uint64_t dice = kit_random(random) >> 8;
        unsigned a = (unsigned)(dice % f.count), b = (unsigned)((dice >> 16) % f.count);
        /* a before b, whether or not they are of one bin or in the list already */
        ((link *)(void *)f.extent[a])->next = number[b];
        ((link *)(void *)f.extent[b])->previous = number[a];
        if ((dice >> 40) % 4 == 0)
            ((link *)(void *)f.extent[a])->previous = number[a];
    }
}

static bool one(uint64_t seed)
{
    char *block[BLOCKS * 2];
    uint64_t random = seed * 77;
    for (unsigned i = 0; i < BLOCKS * 2; i++)
        block[i] =
            hak_malloc(1500 + (size_t)(kit_random(&random) >> 40) % (seed % 2 == 0 ? 100 : 9000));
    for (unsigned i = 0; i < BLOCKS * 2; i += 2) {
        hak_free(block[i]);
        block[i] = NULL;
    }
    forge(&random);
    HOLDS(misuse_heap_serves(seed));
    for (unsigned i = 0; i < BLOCKS * 2; i++)
        hak_free(block[i]);
    HOLDS(misuse_heap_serves(seed * 3));
    return misuse_only_corrupt();
}

static void test_forged(void)
{
    uint64_t seed = kit_argument_number("seed", 1);
    for (uint64_t end = seed + kit_argument_number("rounds", 300); seed < end; seed++)
        if (!one(seed))
            kit_print("seed=%llu\n", (unsigned long long)seed);
}

MISUSE_CASES({"forged_links", test_forged});
