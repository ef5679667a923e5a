/* SPDX-License-Identifier: MIT */
/*
 * The cost tables in nanoseconds: hak linked in, one thread. A block of 64 B
 * stands for the pool, one of size= bytes for what keeps big blocks; the kinds
 * of cycles take turns, batch after batch. Arguments: heap=64M size=2M
 * batches=99 ops=500. Prints in picoseconds, medians over the batches,
 *     = cycle_NAME MEAN            a malloc and a free, the loop included
 *     = calls_NAME MALLOC FREE     each by itself, between two looks at the
 *                                  clock, whose own time is taken off
 */
#include "hak.h"
#include "kit.h"

enum { SMALL = 64, MOST_BATCHES = 999 };

static size_t big;

static __attribute__((noinline)) void *take(size_t size)
{
    volatile unsigned char *block = hak_malloc(size);
    if (block == NULL)
        kit_exit(1);
    block[0] = 1;
    return (void *)block;
}

/* A size of another class that was never asked for: nothing is kept for it, and
 * when it is freed another block must make room. */
static size_t new_size(void)
{
    static unsigned number;
    return 2 * big - ++number % 60000 * HAK_GRANULE;
}

static void one_size(unsigned count, size_t size)
{
    for (unsigned i = 0; i < count; i++)
        hak_free(take(size));
}

static void pool(unsigned count) { one_size(count, SMALL); }
static void kept(unsigned count) { one_size(count, big); }

static void slow(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        hak_free(take(new_size()));
}

static void mix(unsigned count)
{
    for (unsigned i = 0; i < count; i += 10) {
        kept(9);
        slow(1);
    }
}

/* What the calls of a batch took, by kind. */
enum { POOL_MALLOC, POOL_FREE, HIT, PUT, MISS, EVICT, NOTHING, PARTS };

static uint64_t spent[PARTS], looked_at;

static void look(void) { looked_at = kit_nanoseconds(); }

static void note(unsigned part)
{
    uint64_t now = kit_nanoseconds();
    spent[part] += now - looked_at;
}

static void *timed_take(unsigned part, size_t size)
{
    look();
    void *block = take(size);
    note(part);
    return block;
}

static void timed_give(unsigned part, void *block)
{
    look();
    hak_free(block);
    note(part);
}

static void calls(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        timed_give(POOL_FREE, timed_take(POOL_MALLOC, SMALL));
        timed_give(PUT, timed_take(HIT, big));
        timed_give(EVICT, timed_take(MISS, new_size()));
        look();
        note(NOTHING);
    }
}

static const struct kind {
    const char *name;
    void (*run)(unsigned count);
} kinds[] = {{"pool", pool}, {"kept", kept}, {"slow", slow}, {"mix", mix}, {"calls", calls}};

enum { KINDS = sizeof kinds / sizeof kinds[0], ROWS = KINDS + PARTS };

static uint64_t samples[ROWS][MOST_BATCHES]; /* in picoseconds, of one cycle or call */

static uint64_t median(uint64_t *a, unsigned count)
{
    for (unsigned i = 1; i < count; i++)
        for (unsigned k = i; k > 0 && a[k] < a[k - 1]; k--) {
            uint64_t larger = a[k - 1];
            a[k - 1] = a[k];
            a[k] = larger;
        }
    return a[count / 2];
}

static void batch(unsigned number, unsigned count)
{
    for (unsigned part = 0; part < PARTS; part++)
        spent[part] = 0;
    for (unsigned kind = 0; kind < KINDS; kind++) {
        uint64_t start = kit_nanoseconds();
        kinds[kind].run(count);
        samples[kind][number] = (kit_nanoseconds() - start) * 1000 / count;
    }
    for (unsigned part = 0; part < PARTS; part++) {
        uint64_t took = spent[part] > spent[NOTHING] ? spent[part] - spent[NOTHING] : 0;
        samples[KINDS + part][number] = took * 1000 / count;
    }
}

static void print(unsigned batches)
{
    static const char *const names[] = {"pool", "kept", "slow"};
    for (unsigned kind = 0; kind + 1 < KINDS; kind++)
        kit_print("= cycle_%s %llu\n", kinds[kind].name,
                  (unsigned long long)median(samples[kind], batches));
    for (unsigned i = 0; i < 3; i++)
        kit_print("= calls_%s %llu %llu\n", names[i],
                  (unsigned long long)median(samples[KINDS + 2 * i], batches),
                  (unsigned long long)median(samples[KINDS + 2 * i + 1], batches));
}

int kit_main(void)
{
    size_t bytes = kit_argument_number("heap", 64 << 20);
    unsigned batches = (unsigned)kit_argument_number("batches", 99);
    unsigned count = (unsigned)kit_argument_number("ops", 500);
    void *heap = kit_ram(bytes, &(size_t){0});
    big = kit_argument_number("size", 2 << 20);
    if (heap == NULL || batches == 0 || batches > MOST_BATCHES || count % 10 != 0 ||
        hak_init(heap, bytes) != HAK_OK)
        return 2;
    batch(0, count); /* to warm up: the next one takes its place */
    for (unsigned i = 0; i < batches; i++)
        batch(i, count);
    print(batches);
    return hak_check() != NULL;
}
