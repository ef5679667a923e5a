/* SPDX-License-Identifier: MIT */
/*
 * Random operations while the heap is filled to 60, 100, 30 and 90 percent of its bytes
 * in turn: ops= of seed=, sizes log-uniform from 16 B to most=. Prints at which of them
 * each call took longest, so that those before it suffice to see that again.
 */
#include "states.h"

enum { MOST_BLOCKS = 1 << 17, LEAST_BYTES = 16, KINDS = BENCH_CALLOC + 1 };

static mix_block blocks[MOST_BLOCKS];
static bench_table table;

static bool take_zeroed(mix *m, size_t size)
{
    void *p = state_calloc(m->table, size);
    if (p == NULL)
        return false;
    m->blocks[m->count++] = (mix_block){p, size};
    m->live_bytes += size;
    m->pending = 0;
    return true;
}

static bool take(mix *m, unsigned what, size_t size)
{
    if (what < 6 && m->count != 0)
        return mix_realloc(m, mix_any(m), size);
    if (what < 8)
        return mix_aligned(m, (size_t)32 << (kit_random(&m->seed) >> 30) % 8, size);
    if (what < 10)
        return take_zeroed(m, size);
    return mix_malloc(m, size);
}

static void one_operation(mix *m, size_t most, size_t target)
{
    size_t size = mix_size(m, LEAST_BYTES, most);
    unsigned what = (unsigned)(kit_random(&m->seed) >> 40) % 16;
    bool no_room = m->live_bytes + size > target || m->count == m->most_blocks;
    if (m->count != 0 && (no_room || what < 4 || !take(m, what, size)))
        mix_free(m, mix_any(m));
    else if (m->count == 0)
        mix_malloc(m, size);
}

static void note_worst(unsigned operation, uint64_t *before)
{
    static const char *const kinds[] = {"malloc", "realloc", "free", "aligned_alloc", "calloc"};
    for (unsigned i = 0; i < KINDS; i++)
        if (table.kinds[i].most > before[i]) {
            before[i] = table.kinds[i].most;
            kit_print("= at %s %u %u\n", kinds[i], (unsigned)before[i], operation + 1);
        }
}

void states_random(void)
{
    static const unsigned char percent[] = {60, 100, 30, 90};
    uint64_t worst[KINDS] = {0};
    mix m = {.blocks = blocks, .most_blocks = MOST_BLOCKS, .table = &table};
    hak_stats s;
    hak_stats_get(&s);
    size_t usable = s.heap_bytes - s.metadata_bytes;
    size_t most = (size_t)kit_argument_number("most", 65536);
    unsigned operations = (unsigned)kit_argument_number("ops", 50000);
    unsigned each = (unsigned)kit_argument_number("turn", 12500);
    m.seed = kit_argument_number("seed", 1);
    for (unsigned i = 0; i < operations; i++) {
        one_operation(&m, most, usable / 100 * percent[i / each % sizeof percent]);
        note_worst(i, worst);
    }
    bench_print_table("campaign", &table);
}
