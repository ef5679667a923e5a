/* SPDX-License-Identifier: MIT */
#include "bench.h"

/* Instructions spent in moving bytes during the call that is measured. */
static uint64_t moving;

static void add(bench_cost *cost, uint64_t start, uint64_t end)
{
    uint64_t spent = end - start - kit_instructions_overhead() - moving;
    cost->calls++;
    cost->sum += spent;
    if (spent > cost->most)
        cost->most = spent;
}

/* These stand in for the library's own and count what they cost. */
void hak_port_zero(void *to, size_t bytes)
{
    uint64_t start = kit_instructions();
    for (size_t i = 0; i < bytes; i++)
        ((volatile unsigned char *)to)[i] = 0;
    moving += kit_instructions() - start;
}

void hak_port_copy(void *to, const void *from, size_t bytes)
{
    uint64_t start = kit_instructions();
    for (size_t i = 0; i < bytes; i++)
        ((volatile unsigned char *)to)[i] = ((const volatile unsigned char *)from)[i];
    moving += kit_instructions() - start;
}

__attribute__((noinline)) void *bench_malloc(bench_cost *cost, size_t size)
{
    moving = 0;
    uint64_t start = kit_instructions();
    void *block = hak_malloc(size);
    add(cost, start, kit_instructions());
    return block;
}

__attribute__((noinline)) void *bench_realloc(bench_cost *cost, void *block, size_t size)
{
    moving = 0;
    uint64_t start = kit_instructions();
    void *moved = hak_realloc(block, size);
    add(cost, start, kit_instructions());
    return moved;
}

__attribute__((noinline)) void *bench_aligned(bench_cost *cost, size_t alignment, size_t size)
{
    moving = 0;
    uint64_t start = kit_instructions();
    void *block = hak_aligned_alloc(alignment, size);
    add(cost, start, kit_instructions());
    return block;
}

__attribute__((noinline)) void bench_free(bench_cost *cost, void *block)
{
    moving = 0;
    uint64_t start = kit_instructions();
    hak_free(block);
    add(cost, start, kit_instructions());
}

void bench_print(const char *name, const bench_cost *cost)
{
    uint64_t calls = cost->calls == 0 ? 1 : cost->calls;
    uint64_t tenths = (cost->sum * 10 + calls / 2) / calls;
    kit_print("cost %-28s mean %4llu.%llu max %4llu calls %llu\n", name,
              (unsigned long long)(tenths / 10), (unsigned long long)(tenths % 10),
              (unsigned long long)cost->most, (unsigned long long)cost->calls);
}

size_t bench_log_uniform(uint64_t *seed, size_t low, size_t high)
{
    unsigned octaves = 0;
    while (low << (octaves + 1) <= high)
        octaves++;
    size_t base = low << (kit_random(seed) >> 33) % octaves;
    return base + (kit_random(seed) >> 20) % base;
}
