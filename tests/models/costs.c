/* SPDX-License-Identifier: MIT */
/*
 * hakmem's cost tables (A64, icount). A block of 64 B stands for the pool, one
 * of size= bytes (2M) for what keeps big blocks. A slow call is one of another
 * class, of a size that was never asked for before, at the same site: nothing is
 * kept for it, and when it is freed, another one must make room. Arguments:
 *     heap=64M
 *     what=parts           each kind of call by itself
 *     what=cycles ops=N    a cold heap, N cycles of malloc and free, of each
 *     what=mix ops=N       100 cycles, 10 of them slow; N times
 *     what=evict ops=N     N cycles; after each every=n-th one a slow one
 *     what=space           bytes beside the blocks'
 * Prints "= cost NAME calls sum most", and "= went NAME hits misses puts
 * evictions": how the reuse cache saw the calls of that name.
 */
#include "bench.h"

enum { SMALL = 64, WARM_UP = 300, ROUNDS = 200, MOST_BLOCKS = 4096 };

static size_t big;

/* The calls of a kind, since the program began. */
static bench_cost costs[BENCH_GROUPS];

static __attribute__((noinline)) void *take(bench_group group, size_t size)
{
    void *block = bench_malloc_as(group, size);
    if (block == NULL) {
        kit_print("costs: no memory\n");
        kit_exit(1);
    }
    bench_add(&costs[group]);
    return block;
}

static void give(bench_group group, void *block)
{
    bench_free_as(group, block);
    bench_add(&costs[group]);
}

/* A slow cycle: see above. */
static void slow_cycle(void)
{
    static unsigned number;
    give(BENCH_EVICT, take(BENCH_MISS, 2 * big - ++number * HAK_GRANULE));
}

static void hot_cycle(void) { give(BENCH_PUT, take(BENCH_HIT, big)); }

static void pool_cycle(void) { give(BENCH_POOL_FREE, take(BENCH_POOL_MALLOC, SMALL)); }

static void went(const char *name, const hak_stats *before)
{
    hak_stats now;
    hak_stats_get(&now);
    kit_print("= went_%s %zu %zu %zu %zu\n", name, now.malloc_cache - before->malloc_cache,
              now.cache_misses - before->cache_misses, now.free_cache - before->free_cache,
              now.cache_evictions - before->cache_evictions);
}

static void measured(const char *name, void (*cycle)(void))
{
    hak_stats before;
    hak_stats_get(&before);
    for (unsigned i = 0; i < ROUNDS; i++)
        cycle();
    went(name, &before);
}

static size_t births(void)
{
    hak_stats s;
    hak_stats_get(&s);
    return s.refill_birth;
}

/* Fill pages, until each new one has been met some times. */
static void pool_birth(void)
{
    static void *blocks[MOST_BLOCKS];
    bench_cost cost = {0};
    unsigned count = 0;
    for (size_t before = births(); count < MOST_BLOCKS; count++) {
        blocks[count] = bench_malloc(SMALL);
        if (births() != before)
            bench_add(&cost);
        before = births();
    }
    bench_print("pool", "birth", &cost);
    while (count > 0)
        hak_free(blocks[--count]);
}

/* To warm up, at the same call site: sizes that are not asked for again. */
static void warm_up(void)
{
    for (unsigned i = 0; i < WARM_UP; i++)
        bench_free(bench_malloc(SMALL));
    for (unsigned i = 0; i < WARM_UP; i++)
        bench_free(bench_malloc(2 * big - (ROUNDS + 1 + i) * HAK_GRANULE));
    bench_free(bench_malloc(big));
}

static void parts(void)
{
    warm_up();
    measured("pool", pool_cycle);
    measured("hot", hot_cycle);
    measured("slow", slow_cycle);
    bench_print("pool", "malloc", &costs[BENCH_POOL_MALLOC]);
    bench_print("pool", "free", &costs[BENCH_POOL_FREE]);
    bench_print("big", "hit", &costs[BENCH_HIT]);
    bench_print("big", "miss", &costs[BENCH_MISS]);
    bench_print("big", "put", &costs[BENCH_PUT]);
    bench_print("big", "evict", &costs[BENCH_EVICT]);
    if (kit_argument("nobirth") == NULL)
        pool_birth();
}

static void cycles(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        pool_cycle();
    for (unsigned i = 0; i < count; i++)
        hot_cycle();
}

static void mix(unsigned count)
{
    bench_free(bench_malloc(big));
    for (unsigned i = 0; i < 100 * count; i++)
        (i % 10 == 5 ? slow_cycle : hot_cycle)();
}

static void evict(unsigned count, unsigned every)
{
    bench_free(bench_malloc(big));
    for (unsigned i = 0; i < count; i++) {
        hot_cycle();
        if (i % every == every - 1)
            slow_cycle();
    }
}

/* Blocks of that size side by side: bytes from one to the next, beyond what was
 * asked for; and the control data's share for so many bytes. */
static void space(const char *name, size_t size)
{
    hak_stats s;
    void *block[3];
    size_t distance = SIZE_MAX;
    hak_stats_get(&s);
    for (unsigned i = 0; i < 3; i++)
        block[i] = hak_malloc(size);
    for (unsigned i = 0; i < 2; i++) {
        uintptr_t a = (uintptr_t)block[i], b = (uintptr_t)block[i + 1];
        size_t between = a < b ? b - a : a - b;
        distance = between < distance ? between : distance;
    }
    kit_print("= space_%s %zu %zu %zu %zu\n", name, size, distance - size, s.metadata_bytes,
              s.heap_bytes);
    for (unsigned i = 0; i < 3; i++)
        hak_free(block[i]);
}

static bool is(const char *text, const char *word)
{
    while (*text != 0 && *text == *word) {
        text++;
        word++;
    }
    return *text == *word;
}

static int run(const char *what, unsigned count)
{
    bench_start();
    if (is(what, "parts"))
        parts();
    else if (is(what, "cycles"))
        cycles(count);
    else if (is(what, "mix"))
        mix(count);
    else if (is(what, "evict"))
        evict(count, (unsigned)kit_argument_number("every", 10));
    else
        return 2;
    bench_end();
    return bench_check();
}

int kit_main(void)
{
    size_t bytes = kit_argument_number("heap", 64 << 20);
    const char *what = kit_argument("what");
    void *heap = kit_ram(bytes, &(size_t){0});
    if (what == NULL || heap == NULL || hak_init(heap, bytes) != HAK_OK)
        return 2;
    big = kit_argument_number("size", 2 << 20);
    if (!is(what, "space"))
        return run(what, (unsigned)kit_argument_number("ops", 1000));
    for (unsigned i = 0; i < WARM_UP; i++)
        hak_free(hak_malloc(SMALL));
    space("pool", SMALL);
    space("big", big);
    return 0;
}
