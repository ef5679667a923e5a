/* SPDX-License-Identifier: MIT */
/*
 * Regions with tags, as many as there can be, kept nearly full: each call may have
 * to look at all of them. A program of its own, so that the others' images stay.
 */
#include "bench.h"

enum { HEAP_BYTES = 1 << 20, PART_BYTES = 32 << 10, PARTS = 8, BLOCKS = 1024 };

static bench_cost mallocs, lines, frees, resizes, nothing_there;
static uint64_t overhead;
static void *block[BLOCKS];

static __attribute__((noinline)) void nothing(void) {}

static void *call(bench_cost *cost, uintptr_t function, uintptr_t a, uintptr_t b, uintptr_t c)
{
    void *result;
    bench_spent = bench_bracket(function, a, b, c, &result) - overhead;
    if (cost != NULL)
        bench_add(cost);
    return result;
}

static void step(uint64_t *seed)
{
    uint64_t dice = kit_random(seed) >> 16;
    void **b = &block[dice % BLOCKS];
    size_t size = (size_t)1 << (dice >> 12) % 12;
    size += (dice >> 24) % size;
    if (*b == NULL && (dice >> 40) % 3 == 0)
        *b = call(&lines, (uintptr_t)hak_malloc_lines, HAK_MEMORY_DMA, 64, size);
    else if (*b == NULL)
        *b = call(&mallocs, (uintptr_t)hak_malloc_in, HAK_MEMORY_DMA, size, 0);
    else if ((dice >> 40) % 4 == 0) {
        void *p = call(NULL, (uintptr_t)hak_realloc, (uintptr_t)*b, size, 0);
        if (p == *b)
            bench_add(&resizes);
        *b = p != NULL ? p : *b;
    } else {
        call(&frees, (uintptr_t)hak_free, (uintptr_t)*b, 0, 0);
        *b = NULL;
    }
}

int kit_main(void)
{
    uint64_t seed = kit_argument_number("seed", 1);
    char *ram = kit_ram(HEAP_BYTES + PARTS * PART_BYTES, &(size_t){0});
    if (ram == NULL || hak_init(ram, HEAP_BYTES) != HAK_OK)
        return 2;
    for (unsigned i = 0; i < PARTS; i++)
        if (hak_add_region_tagged(ram + HEAP_BYTES + i * PART_BYTES, PART_BYTES,
                                  HAK_MEMORY_DMA | i << 3) != HAK_OK)
            return 2;
    call(NULL, (uintptr_t)nothing, 0, 0, 0);
    overhead = bench_spent - 2;
    for (unsigned i = 0; i < 60000; i++)
        step(&seed);
    for (unsigned i = 0; i < 8; i++)
        call(&nothing_there, (uintptr_t)hak_malloc_in, HAK_MEMORY_DMA, PART_BYTES, 0);
    bench_print("tagged", "malloc", &mallocs);
    bench_print("tagged", "lines", &lines);
    bench_print("tagged", "free", &frees);
    bench_print("tagged", "resize", &resizes);
    bench_print("tagged", "null", &nothing_there);
    return bench_check();
}
