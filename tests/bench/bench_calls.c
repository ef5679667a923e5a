/* SPDX-License-Identifier: MIT */
/* What single calls cost: fast paths, and the worst of many random ones. */
#include "bench.h"

enum { SLOTS = 4096, BATCH = 24, ROUNDS = 50 };

static void *block[SLOTS];
static size_t size_of[SLOTS];

static void fast_paths(size_t size)
{
    bench_cost mallocs = {0}, frees = {0}, warm_up = {0};
    char name[] = "pool malloc     B";
    for (int round = 0; round < ROUNDS; round++) {
        bench_cost *m = round < 4 ? &warm_up : &mallocs, *f = round < 4 ? &warm_up : &frees;
        for (int i = 0; i < BATCH; i++)
            block[i] = bench_malloc(m, size);
        for (int i = 0; i < BATCH; i++)
            bench_free(f, block[(i * 7) % BATCH]);
    }
    for (size_t n = size, i = 15; n != 0; n /= 10)
        name[i--] = (char)('0' + n % 10);
    bench_print(name, &mallocs);
    for (int i = 0; i < 6; i++)
        name[5 + i] = " free "[i];
    bench_print(name, &frees);
    for (int i = 0; i < BATCH; i++)
        block[i] = NULL;
}

typedef struct costs {
    bench_cost mallocs, frees, reallocs, aligned;
} costs;

/* One random operation. Live bytes are kept near the target. */
static void one_operation(costs *c, uint64_t *seed, size_t most, size_t target, size_t *live)
{
    size_t i = (kit_random(seed) >> 24) % SLOTS;
    unsigned what = (kit_random(seed) >> 40) % 16;
    size_t size = bench_log_uniform(seed, 16, most);
    if (block[i] != NULL && (what < 13 || *live > target)) {
        *live -= size_of[i];
        bench_free(&c->frees, block[i]);
        block[i] = NULL;
        return;
    }
    if (*live + size > target)
        return;
    void *p;
    if (block[i] != NULL) {
        p = bench_realloc(&c->reallocs, block[i], size);
        *live -= p == NULL ? 0 : size_of[i];
    } else if (what < 2) {
        p = bench_aligned(&c->aligned, (size_t)32 << kit_random(seed) % 8, size);
    } else {
        p = bench_malloc(&c->mallocs, size);
    }
    if (p != NULL) {
        block[i] = p;
        size_of[i] = size;
        *live += size;
    }
}

static void random_trace(const char *name, size_t most, size_t target, unsigned operations)
{
    costs c = {{0}, {0}, {0}, {0}};
    uint64_t seed = kit_argument_number("seed", 1);
    size_t live = 0;
    for (unsigned i = 0; i < operations; i++)
        one_operation(&c, &seed, most, target, &live);
    kit_print("-- %s: live %zu\n", name, live);
    bench_print("random malloc", &c.mallocs);
    bench_print("random free", &c.frees);
    bench_print("random realloc", &c.reallocs);
    bench_print("random aligned_alloc", &c.aligned);
    hak_stats s;
    hak_stats_get(&s);
    kit_print("pool %zu run %zu births %zu retired %zu failures %zu\n", s.malloc_pool, s.malloc_run,
              s.refill_birth, s.pages_retired, s.failures);
}

int kit_main(void)
{
    size_t bytes = kit_argument_number("heap", 16 << 20);
    const char *what = kit_argument("what");
    void *heap = kit_ram(bytes, &(size_t){0});
    if (hak_init(heap, bytes) != HAK_OK)
        return 2;
    if (what == NULL || what[0] == 'f')
        for (size_t size = 16; size <= 1024; size *= 4)
            fast_paths(size);
    if (what == NULL || what[0] == 'r')
        random_trace("60% live", kit_argument_number("most", 65536),
                     bytes / 100 * kit_argument_number("live", 60),
                     (unsigned)kit_argument_number("ops", 40000));
    const char *broken = hak_check();
    if (broken != NULL)
        kit_print("hak_check: %s\n", broken);
    return broken != NULL;
}
