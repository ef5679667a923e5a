/* SPDX-License-Identifier: MIT */
/*
 * A heap kept within 2% of full: filled until not even 16 bytes are left, then
 * random blocks are freed and their bytes taken again. Filling counts as well.
 */
#include "mix.h"

enum { MOST_BLOCKS = 1 << 16, LEAST_BYTES = 16, LOOK_EVERY = 64 };

static mix_block blocks[MOST_BLOCKS];
static bench_table table;

static void fill(mix *m, size_t most)
{
    while (most > LEAST_BYTES && m->count < m->most_blocks)
        if (!mix_malloc(m, bench_log_uniform(&m->seed, LEAST_BYTES, most)))
            most /= 2;
}

static void take(mix *m, size_t size)
{
    unsigned what = (unsigned)(kit_random(&m->seed) >> 40) % 8;
    if (what == 0)
        mix_aligned(m, (size_t)32 << (kit_random(&m->seed) >> 30) % 8, size);
    else if (what == 1)
        mix_realloc(m, mix_any(m), size);
    else
        mix_malloc(m, size);
}

void bench_full(void)
{
    mix m = {.blocks = blocks, .most_blocks = MOST_BLOCKS, .table = &table};
    hak_stats s;
    hak_stats_get(&s);
    size_t usable = s.heap_bytes - s.metadata_bytes, most_free = 0;
    size_t most = kit_argument_number("most", 65536);
    unsigned operations = (unsigned)kit_argument_number("ops", 40000);
    m.seed = kit_argument_number("seed", 1);
    fill(&m, most);
    size_t full = m.live_bytes;
    for (unsigned i = 0; i < operations; i++) {
        size_t missing = full > m.live_bytes ? full - m.live_bytes : 0;
        if (missing < usable / 200 || m.count == m.most_blocks) {
            mix_free(&m, mix_any(&m));
            continue;
        }
        take(&m, bench_log_uniform(&m.seed, LEAST_BYTES, most));
        if (i % LOOK_EVERY == 0 && kit_argument("nostats") == NULL) {
            hak_stats_get(&s);
            most_free = s.free_bytes > most_free ? s.free_bytes : most_free;
        }
    }
    bench_print_table("full", &table);
    kit_print("= free_permille %llu\n", (unsigned long long)most_free * 1000 / usable);
}
