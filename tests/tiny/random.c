/* SPDX-License-Identifier: MIT */
/*
 * The random trace of the tiny build: sizes log-uniform from 16 B to most= (8K), live=
 * percent (60) of room= bytes (256K), ops= operations (24000) of seed=. Instructions of
 * malloc and of free, mean and most, call and return included; malloc= and free= say how
 * much the means may be, malloc_most= and free_most= any. And, unless nofit=1 says not to look for
 * it, the smallest heap in which the same operations complete, in steps of 0.1%, static storage
 * included, over the most bytes that were ever live; fit= says how much it may be, in thousandths.
 */
#include "hak.h"
#include "kit.h"
#include "tiny.h"

enum { MOST_BLOCKS = 16384, LEAST_BYTES = 16 };

typedef struct block {
    void *at;
    size_t size;
} block;

typedef struct cost {
    uint64_t calls, sum, most;
} cost;

static block blocks[MOST_BLOCKS];
static size_t count, live_bytes, peak_bytes;
static cost of_malloc, of_free;
static uint64_t overhead;

static void add(cost *c, uint64_t spent)
{
    c->calls++;
    c->sum += spent;
    if (spent > c->most)
        c->most = spent;
}

static __attribute__((noinline)) void *nothing(size_t size) { return (void *)size; }

/* volatile: called through a register, as the empty function is. */
static void *(*volatile do_malloc)(size_t) = hak_malloc;
static void (*volatile do_free)(void *) = hak_free;
static void *(*volatile do_nothing)(size_t) = nothing;

static void *measured_malloc(void *(*call)(size_t), size_t size, uint64_t *spent)
{
    uint64_t start = kit_instructions();
    void *p = call(size);
    *spent = kit_instructions() - start - overhead;
    return p;
}

static uint64_t measured_free(void *p)
{
    uint64_t start = kit_instructions();
    do_free(p);
    return kit_instructions() - start - overhead;
}

/* An empty function takes two: call and return. */
static void calibrate(void)
{
    uint64_t spent = 0;
    overhead = 0;
    for (unsigned i = 0; i < 3; i++) /* the first reading is longer than the others */
        measured_malloc(do_nothing, 1, &spent);
    overhead = spent - 2;
}

static size_t log_uniform(uint64_t *seed, size_t low, size_t high)
{
    unsigned octaves = 0;
    while (low << (octaves + 1) <= high)
        octaves++;
    size_t base = low << (kit_random(seed) >> 33) % octaves;
    return base + (size_t)(kit_random(seed) >> 20) % base;
}

static void one_free(uint64_t *seed)
{
    size_t i = (size_t)(kit_random(seed) >> 24) % count;
    add(&of_free, measured_free(blocks[i].at));
    live_bytes -= blocks[i].size;
    blocks[i] = blocks[--count];
}

/* The same operations whatever the heap. false: it was too small. */
static bool trace(size_t target, size_t most, unsigned ops, uint64_t seed)
{
    size_t size = 0;
    uint64_t spent;
    count = live_bytes = peak_bytes = 0;
    of_malloc = of_free = (cost){0, 0, 0};
    for (unsigned i = 0; i < ops; i++) {
        if (size == 0)
            size = log_uniform(&seed, LEAST_BYTES, most);
        unsigned what = (unsigned)(kit_random(&seed) >> 40) % 16;
        if (count != 0 && (live_bytes + size > target || what < 4)) {
            one_free(&seed);
            continue;
        }
        void *p = measured_malloc(do_malloc, size, &spent);
        if (p == NULL)
            return false;
        add(&of_malloc, spent);
        blocks[count++] = (block){p, size};
        live_bytes += size;
        size = 0;
        if (live_bytes > peak_bytes)
            peak_bytes = live_bytes;
    }
    return true;
}

static void boot(void *ram, size_t bytes)
{
    tiny = (hak_tiny){0};
    if (hak_init(ram, bytes) != HAK_OK)
        kit_exit(2);
}

static void print(const char *name, const cost *c)
{
    unsigned tenths = (unsigned)(c->sum * 10 / c->calls);
    kit_print("= %s mean %u.%u most %u calls %u\n", name, tenths / 10, tenths % 10,
              (unsigned)c->most, (unsigned)c->calls);
}

static uint64_t seed;
static size_t room, target, most;
static unsigned ops;

/* Where instructions are counted, and a limit is given. */
static bool holds(const cost *c, const char *of_mean, const char *of_most)
{
    uint64_t mean = kit_argument_number(of_mean, 0), any = kit_argument_number(of_most, 0);
    if (kit_instructions() == 0)
        return true;
    return (mean == 0 || c->sum <= c->calls * mean) && (any == 0 || c->most <= any);
}

static void test_random(void)
{
    size_t got;
    unsigned char *ram = kit_ram(room, &got);
    KIT_CHECK(ram != NULL);
    calibrate();
    boot(ram, room);
    KIT_CHECK(trace(target, most, ops, seed));
    KIT_CHECK(hak_check() == NULL);
    print("malloc", &of_malloc);
    print("free", &of_free);
    KIT_CHECK(holds(&of_malloc, "malloc", "malloc_most"));
    KIT_CHECK(holds(&of_free, "free", "free_most"));
    if (kit_argument("nofit") != NULL)
        return;
    size_t heap = peak_bytes;
    for (;; heap += heap / 1000 & ~(size_t)7) {
        KIT_CHECK(heap <= room);
        boot(ram, heap);
        if (trace(target, most, ops, seed))
            break;
    }
    unsigned ratio = (unsigned)((heap + sizeof tiny) * (uint64_t)10000 / peak_bytes);
    uint64_t fit = kit_argument_number("fit", 0) * 10;
    KIT_CHECK(fit == 0 || ratio <= fit);
    kit_print("= smallest heap %u peak %u ratio %u.%04u\n", (unsigned)heap, (unsigned)peak_bytes,
              ratio / 10000, ratio % 10000);
}

int kit_main(void)
{
    static const kit_case cases[] = {{"tiny_random", test_random}};
    seed = kit_argument_number("seed", 1);
    room = (size_t)kit_argument_number("room", 256 << 10);
    target = room / 100 * (size_t)kit_argument_number("live", 60);
    most = (size_t)kit_argument_number("most", 8192);
    ops = (unsigned)kit_argument_number("ops", 24000);
    return kit_run_cases(cases, 1);
}
