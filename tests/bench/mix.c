/* SPDX-License-Identifier: MIT */
#include "mix.h"

size_t mix_size(mix *m, size_t least, size_t most)
{
    if (m->pending == 0)
        m->pending = bench_log_uniform(&m->seed, least, most);
    return m->pending;
}

size_t mix_any(mix *m) { return (size_t)(kit_random(&m->seed) >> 24) % m->count; }

static bool note_new(mix *m, bench_group group, void *p, size_t size)
{
    bench_note(m->table, group, bench_recalled(p));
    if (p == NULL)
        return false;
    m->blocks[m->count++] = (mix_block){p, size};
    m->live_bytes += size;
    m->pending = 0;
    return true;
}

bool mix_malloc(mix *m, size_t size) { return note_new(m, BENCH_MALLOC, bench_malloc(size), size); }

bool mix_aligned(mix *m, size_t alignment, size_t size)
{
    return note_new(m, BENCH_ALIGNED, bench_aligned(alignment, size), size);
}

bool mix_realloc(mix *m, size_t index, size_t size)
{
    mix_block *b = &m->blocks[index];
    void *p = bench_realloc(b->at, size);
    bench_note(m->table, BENCH_REALLOC, bench_recalled(p));
    if (p == NULL)
        return false;
    m->live_bytes += size - b->size;
    *b = (mix_block){p, size};
    m->pending = 0;
    return true;
}

void mix_free(mix *m, size_t index)
{
    bench_free(m->blocks[index].at);
    bench_note(m->table, BENCH_FREE, false);
    m->live_bytes -= m->blocks[index].size;
    m->blocks[index] = m->blocks[--m->count];
}
