/* SPDX-License-Identifier: MIT */
/*
 * Random operations against a small shadow heap, promise 3 to the letter: NULL only if
 * no free extent of that size, rounded up to its bin's ceiling, exists. rounds= times
 * the operations; seed=. And the same while a timer's handler allocates and frees.
 */
#include "test.h"

enum { OBJECTS = 96, HANDLER_OBJECTS = 4 };

typedef struct object {
    unsigned char *at; /* NULL: none */
    uint16_t usable;   /* bytes, up to 65535 of them */
    uint8_t mark, alignment_log2;
} object;

static object objects[OBJECTS], handlers[HANDLER_OBJECTS];
static uint64_t random, handler_random;
static bool alone; /* no handler: a NULL can be judged */

static uint64_t dice(void) { return kit_random(&random) >> 16; }

static unsigned char mark_of(const object *o, size_t i) { return (unsigned char)(o->mark + i * 7); }

static bool holds(const object *o, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        HOLDS(o->at[i] == mark_of(o, i));
    return true;
}

static bool take(object *o, unsigned char *p, size_t size, unsigned alignment_log2, uint64_t mark)
{
    size_t usable = hak_usable_size(p);
    HOLDS((uintptr_t)p % GRANULE_BYTES == 0 && ((uintptr_t)p & ((1u << alignment_log2) - 1)) == 0);
    HOLDS(usable >= size && usable >= GRANULE_BYTES && usable < 65536);
    *o = (object){p, (uint16_t)usable, (uint8_t)mark, (uint8_t)alignment_log2};
    for (size_t i = 0; i < usable; i++)
        p[i] = mark_of(o, i);
    return true;
}

/* Each doubling has as many bins; so they are exact at first. */
static size_t bin_ceiling(size_t granules)
{
    size_t step = 1;
    while (step * 2 * TEST_COLUMNS <= granules)
        step *= 2;
    return (granules + step - 1) / step * step;
}

static bool null_is_right(size_t size, unsigned alignment_log2)
{
    size_t need = test_granules(size);
    if (!alone)
        return true;
    if (alignment_log2 > GRANULE_SHIFT)
        need = test_aligned_granules(size, alignment_log2 - GRANULE_SHIFT);
    HOLDS(test_longest() < bin_ceiling(need));
    return true;
}

static size_t any_size(void)
{
    uint64_t d = dice();
    unsigned bits = 1;
    while ((size_t)2 << bits < test_heap_bytes / 2)
        bits++;
    size_t base = (size_t)1 << d % (bits < 15 ? bits : 15);
    return base + (size_t)(d >> 8) % base - 1;
}

static bool allocate(object *o)
{
    size_t size = any_size();
    unsigned log2 = dice() % 16 == 0 ? (unsigned)dice() % 10 : 0;
    unsigned char *p;
    if (dice() % 8 == 0) {
        p = hak_calloc(size, 1);
        log2 = 0;
        for (size_t i = 0; p != NULL && i < size; i++)
            HOLDS(p[i] == 0);
    } else {
        p = log2 != 0 ? hak_aligned_alloc((size_t)1 << log2, size) : hak_malloc(size);
    }
    return p == NULL ? null_is_right(size, log2) : take(o, p, size, log2, dice());
}

static bool reallocate(object *o)
{
    size_t size = dice() % 2 == 0 ? any_size() : o->usable / 2 + (size_t)dice() % (o->usable + 9u);
    unsigned char *p = hak_realloc(o->at, size);
    if (p == NULL) {
        HOLDS(size > o->usable && holds(o, o->usable));
        return null_is_right(size, o->alignment_log2);
    }
    o->at = p;
    HOLDS(holds(o, size < o->usable ? size : o->usable));
    return take(o, p, size, o->alignment_log2, dice());
}

static bool release(object *o)
{
    object old = *o;
    HOLDS(hak_usable_size(o->at) == o->usable && holds(o, o->usable));
    hak_free(o->at);
    o->at = NULL;
    if (!alone || dice() % 8 != 0)
        return true;
    unsigned char *p = hak_malloc(old.usable); /* nothing came between */
    HOLDS(p != NULL);
    return take(o, p, old.usable, 0, old.mark);
}

static bool step(unsigned growth)
{
    object *o = &objects[dice() % OBJECTS];
    if (o->at == NULL)
        return dice() % 16 >= growth || allocate(o);
    if (dice() % 4 == 0)
        return reallocate(o);
    return dice() % 16 < growth || release(o);
}

/* What walk shows is what is held, and stats agree. */
static int count_block(const hak_block *block, void *context)
{
    size_t *sums = context;
    sums[block->kind == HAK_BLOCK_LIVE] += block->size_bytes;
    sums[2] += block->kind == HAK_BLOCK_LIVE;
    return 0;
}

static bool audit(void)
{
    size_t sums[3] = {0, 0, 0}, live = 0, bytes = 0;
    hak_stats s;
    HOLDS(hak_check() == NULL);
    for (unsigned i = 0; i < OBJECTS; i++) {
        live += objects[i].at != NULL;
        bytes += objects[i].at != NULL ? objects[i].usable : 0;
    }
    hak_walk(count_block, sums);
    hak_stats_get(&s);
    HOLDS(sums[2] == live && sums[1] == bytes && s.live_blocks == live && s.live_bytes == bytes);
    HOLDS(sums[0] == s.free_bytes &&
          s.heap_bytes == s.metadata_bytes + s.free_bytes + s.taken_bytes);
    HOLDS(s.peak_bytes >= s.taken_bytes && s.faults == 0);
    if (s.largest_free_bytes == 0)
        return true;
    size_t longest = (size_t)test_longest() << GRANULE_SHIFT;
    void *p = hak_malloc(s.largest_free_bytes);
    HOLDS(p != NULL && s.largest_free_bytes <= longest &&
          longest - s.largest_free_bytes <= longest / TEST_COLUMNS + TINY_HEADER_BYTES);
    hak_free(p);
    return true;
}

static bool run(uint64_t seed, unsigned ops)
{
    random = seed * 1000003 + test_heap_bytes;
    for (unsigned i = 0; i < ops; i++)
        HOLDS(step((unsigned)(i / 256 * 5 + 3) % 15 + 1));
    HOLDS(alone ? audit() : hak_check() == NULL);
    for (unsigned i = 0; i < OBJECTS; i++)
        if (objects[i].at != NULL) {
            hak_free(objects[i].at);
            objects[i].at = NULL;
        }
    return true;
}

static void test_model(void)
{
    uint64_t seed = kit_argument_number("seed", 1), end = seed + kit_argument_number("rounds", 3);
    alone = true;
    for (; seed < end; seed++)
        for (size_t heap = TINY_LEAST_BYTES; heap / 2 < test_ram_bytes; heap = heap * 5 / 3 + 41) {
            KIT_CHECK(test_heap(heap, (size_t)seed % 13));
            KIT_CHECK(run(seed, 2000));
            KIT_CHECK(test_all_back());
        }
}

static void handler(void)
{
    object *o = &handlers[kit_random(&handler_random) % HANDLER_OBJECTS];
    if (o->at != NULL) {
        if (!holds(o, o->usable))
            return;
        hak_free(o->at);
        o->at = NULL;
        return;
    }
    size_t size = (size_t)(kit_random(&handler_random) >> 20) % 200;
    unsigned char *p = hak_malloc(size);
    if (p != NULL)
        take(o, p, size, 0, size);
}

static void test_interrupts(void)
{
    handler_random = 11;
    alone = false;
    KIT_CHECK(test_heap(SIZE_MAX / 2, 0));
    if (!kit_timer_start(100, handler)) {
        kit_print("skip tiny_interrupts: there is no timer\n");
        return;
    }
    kit_timer_stop();
    for (unsigned round = 0; round < 4 && !kit_case_failed(); round++) {
        kit_timer_start(60 + 7 * round, handler);
        bool whole = run(round, 2000);
        kit_timer_stop();
        for (unsigned i = 0; i < HANDLER_OBJECTS; i++) {
            hak_free(handlers[i].at);
            handlers[i].at = NULL;
        }
        KIT_CHECK(whole && test_all_back());
    }
}

/* A visitor may free what it is shown, and a block is shown once. */
static int free_every_second(const hak_block *block, void *context)
{
    unsigned *n = context;
    if (block->kind == HAK_BLOCK_LIVE && ++*n % 2 == 0)
        hak_free(block->address);
    return 0;
}

static void test_walk(void)
{
    unsigned shown = 0;
    KIT_CHECK(test_heap(SIZE_MAX / 2, 0));
    for (unsigned i = 0; i < 20; i++)
        KIT_CHECK(hak_malloc(10 + i) != NULL);
    KIT_CHECK(hak_walk(free_every_second, &shown) == 0 && shown == 20);
    size_t sums[3] = {0, 0, 0};
    hak_walk(count_block, sums);
    KIT_CHECK(sums[2] == 10 && hak_check() == NULL);
}

const kit_case test_model_cases[TEST_MODEL_CASES] = {
    {"tiny_model_small", test_model},
    {"tiny_interrupts", test_interrupts},
    {"tiny_walk", test_walk},
};
