/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include "move.h"

extern const char bench_marks[];

uint64_t bench_spent;

static uint64_t overhead; /* of a bracket, around nothing */
static bench_cost groups[BENCH_GROUPS + 1];

void bench_mark(bench_group group) { ((void (*)(void))(uintptr_t)(bench_marks + 4 * group))(); }

static void *measure(bench_group group, uintptr_t call, uintptr_t a, uintptr_t b, uintptr_t c)
{
    void *result;
    bench_mark(group);
    bench_moved = 0;
    bench_spent = bench_bracket(call, a, b, c, &result);
    bench_spent -= overhead + bench_moved;
    bench_add(&groups[group]);
    return result;
}

static __attribute__((noinline)) void nothing(void) {}

/* An empty function takes two instructions, call and return; moving bytes one,
 * the call. */
void bench_start(void)
{
    uint64_t from[6] = {0}, to[6];
    uintptr_t a = (uintptr_t)to, b = (uintptr_t)from;
    for (unsigned i = 0; i < 3; i++) { /* the first reading may take longer */
        overhead = 0;
        measure(BENCH_GROUPS, (uintptr_t)nothing, 0, 0, 0);
        overhead = bench_spent - 2;
    }
    measure(BENCH_GROUPS, (uintptr_t)hak_port_copy, a, b, 16);
    bench_outside = bench_spent - 1;
    measure(BENCH_GROUPS, (uintptr_t)hak_port_copy, a, b, 47);
    bool good = bench_spent == 1;
    measure(BENCH_GROUPS, (uintptr_t)hak_port_zero, a, 16, 0);
    bench_outside_zero = bench_spent - 1;
    measure(BENCH_GROUPS, (uintptr_t)hak_port_zero, a, 31, 0);
    good = good && bench_spent == 1;
    measure(BENCH_GROUPS, (uintptr_t)nothing, 0, 0, 0);
    if (!good || bench_spent != 2) {
        kit_print("bench: cannot count instructions: run it with icount\n");
        kit_exit(2);
    }
    kit_print("= start\n");
}

void bench_end(void)
{
    for (unsigned i = 0; i < BENCH_GROUPS; i++)
        kit_print("= group %u %llu %llu %llu\n", i, (unsigned long long)groups[i].calls,
                  (unsigned long long)groups[i].sum, (unsigned long long)groups[i].most);
}

void *bench_malloc_as(bench_group group, size_t size)
{
    return measure(group, (uintptr_t)hak_malloc, size, 0, 0);
}

void *bench_malloc(size_t size) { return bench_malloc_as(BENCH_MALLOC, size); }

void *bench_calloc(size_t count, size_t size)
{
    return measure(BENCH_CALLOC, (uintptr_t)hak_calloc, count, size, 0);
}

void *bench_realloc(void *block, size_t size)
{
    return measure(BENCH_REALLOC, (uintptr_t)hak_realloc, (uintptr_t)block, size, 0);
}

void *bench_aligned(size_t alignment, size_t size)
{
    return measure(BENCH_ALIGNED, (uintptr_t)hak_aligned_alloc, alignment, size, 0);
}

void bench_free_as(bench_group group, void *block)
{
    measure(group, (uintptr_t)hak_free, (uintptr_t)block, 0, 0);
}

void bench_free(void *block) { bench_free_as(BENCH_FREE, block); }

void bench_add(bench_cost *cost)
{
    cost->calls++;
    cost->sum += bench_spent;
    if (bench_spent > cost->most)
        cost->most = bench_spent;
}

void bench_print(const char *name, const char *detail, const bench_cost *cost)
{
    if (cost->calls != 0)
        kit_print("= cost %s_%s %llu %llu %llu\n", name, detail, (unsigned long long)cost->calls,
                  (unsigned long long)cost->sum, (unsigned long long)cost->most);
}

bool bench_recalled(const void *result)
{
    static size_t recalls;
    hak_stats s;
    if (kit_argument("nostats") != NULL)
        return result == NULL;
    hak_stats_get(&s);
    bool recalled = s.recalls != recalls || result == NULL;
    recalls = s.recalls;
    return recalled;
}

void bench_note(bench_table *table, bench_group group, bool recalled)
{
    bench_add(recalled ? &table->recalls : &table->kinds[group]);
}

void bench_print_table(const char *name, const bench_table *table)
{
    static const char *const kinds[] = {"malloc", "realloc", "free", "aligned_alloc", "calloc"};
    for (unsigned i = 0; i <= BENCH_CALLOC; i++)
        bench_print(name, kinds[i], &table->kinds[i]);
    bench_print(name, "recalling", &table->recalls);
}

int bench_check(void)
{
    hak_stats s;
    hak_stats_get(&s);
    kit_print("  live %zu of %zu bytes in %zu blocks; pool %zu run %zu; drained %zu adopted %zu "
              "born %zu retired %zu; recalls %zu failures %zu faults %zu\n",
              s.live_bytes, s.heap_bytes, s.live_blocks, s.malloc_pool, s.malloc_run,
              s.refill_drain, s.refill_adopt, s.refill_birth, s.pages_retired, s.recalls,
              s.failures, s.faults);
    const char *broken = hak_check();
    if (broken != NULL)
        kit_print("hak_check: %s\n", broken);
    return broken != NULL || s.faults != 0;
}

size_t bench_log_uniform(uint64_t *seed, size_t low, size_t high)
{
    unsigned octaves = 0;
    while (low << (octaves + 1) <= high)
        octaves++;
    size_t base = low << (kit_random(seed) >> 33) % octaves;
    return base + (size_t)(kit_random(seed) >> 20) % base;
}
