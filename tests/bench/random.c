/* SPDX-License-Identifier: MIT */
/*
 * The random trace: sizes log-uniform from 16 B to 64 KiB (most=), live=60
 * percent of the heap, ops=40000 operations of seed=1. Until the live bytes are
 * reached, allocations prevail; then a request that would pass them frees a
 * random block instead.
 */
#include "mix.h"

enum { MOST_BLOCKS = 1 << 17, LEAST_BYTES = 16 };

static mix_block blocks[MOST_BLOCKS];

static void one_operation(mix *m, size_t most, size_t target)
{
    size_t size = mix_size(m, LEAST_BYTES, most);
    unsigned what = (unsigned)(kit_random(&m->seed) >> 40) % 16;
    bool no_room = m->live_bytes + size > target || m->count == m->most_blocks;
    if (m->count != 0 && (no_room || what < 4))
        mix_free(m, mix_any(m));
    else if (m->count != 0 && what < 6)
        mix_realloc(m, mix_any(m), size);
    else if (what < 8)
        mix_aligned(m, (size_t)32 << (kit_random(&m->seed) >> 30) % 8, size);
    else
        mix_malloc(m, size);
}

void bench_random(void)
{
    static bench_table table;
    mix m = {.blocks = blocks, .most_blocks = MOST_BLOCKS, .table = &table};
    hak_stats s;
    hak_stats_get(&s);
    size_t most = kit_argument_number("most", 65536);
    size_t target = s.heap_bytes / 100 * kit_argument_number("live", 60);
    unsigned operations = (unsigned)kit_argument_number("ops", 40000);
    m.seed = kit_argument_number("seed", 1);
    for (unsigned i = 0; i < operations; i++)
        one_operation(&m, most, target);
    bench_print_table("random", &table);
    kit_print("= reached %zu %zu\n", m.live_bytes, target);
}
