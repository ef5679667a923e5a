/* SPDX-License-Identifier: MIT */
/* One record: the call, measured, and everything that can be verified about
 * the block before and after it. */
#include "hak.h"
#include "kit.h"
#include "replay.h"

/* The same, not measured, under the trace's site: its number stands for a return
 * address. */
__attribute__((noinline)) static void *call_at(const trace_record *t, unsigned op, void *block,
                                               uint64_t *instructions)
{
    const hak_site *site = HAK_SITE_AT(REPLAY_SITES + REPLAY_SITE_BYTES * t->site);
    size_t size = t->size_bytes;

    *instructions = kit_instructions_overhead();
    switch (op) {
    case TRACE_MALLOC:
        return hak_malloc_at(size, site);
    case TRACE_CALLOC:
        return hak_calloc_at(1, size, site);
    case TRACE_REALLOC:
        return hak_realloc_at(block, size, site);
    case TRACE_FREE:
        hak_free(block);
        return NULL;
    default:
        return hak_aligned_alloc_at((size_t)1 << t->align_log2, size, site);
    }
}

/* The greatest number of cores that are inside a call at once. */
static void enter(replay *r)
{
    unsigned now = atomic_fetch_add_explicit(&r->in_flight, 1, memory_order_relaxed) + 1;
    unsigned most = atomic_load_explicit(&r->most_in_flight, memory_order_relaxed);

    while (now > most &&
           !atomic_compare_exchange_weak_explicit(&r->most_in_flight, &most, now,
                                                  memory_order_relaxed, memory_order_relaxed))
        ;
}

static void leave(replay *r) { atomic_fetch_sub_explicit(&r->in_flight, 1, memory_order_relaxed); }

static void count_live(replay *r, size_t change)
{
    size_t now = atomic_fetch_add_explicit(&r->live_bytes, change, memory_order_relaxed) + change;
    size_t peak = atomic_load_explicit(&r->peak_bytes, memory_order_relaxed);

    while ((ptrdiff_t)(now - peak) > 0 &&
           !atomic_compare_exchange_weak_explicit(&r->peak_bytes, &peak, now, memory_order_relaxed,
                                                  memory_order_relaxed))
        ;
}

/* The first allocation that fails says how much was free, and in how large a piece. */
static void complain(replay *r, uint32_t bytes)
{
    if (!atomic_exchange_explicit(&r->complained, 1, memory_order_relaxed))
        replay_print_refused(bytes);
}

/* The block handed out (or not): verify it, fill what is new, write it down. */
static void allocated(replay *r, const trace_record *t, unsigned op, void *block, replay_counts *c)
{
    replay_object *o = &r->objects[t->id];
    uint32_t kept = 0;

    if (block == NULL) {
        c->failures++;
        complain(r, t->size_bytes);
        return; /* a realloc that failed leaves the old block */
    }
    if (op == TRACE_REALLOC)
        kept = o->size_bytes < t->size_bytes ? o->size_bytes : t->size_bytes;
    if (!replay_sound(t, op, block, kept, REPLAY_KEY(t->id)))
        c->mismatches++;
    replay_fill(block, kept, t->size_bytes, REPLAY_KEY(t->id));
    count_live(r, (size_t)t->size_bytes - (op == TRACE_REALLOC ? o->size_bytes : 0));
    o->block = block;
    o->size_bytes = t->size_bytes;
}

void replay_perform(replay *r, uint32_t i, replay_counts *c)
{
    const trace_record *t = &r->t.records[i];
    replay_object *o = &r->objects[t->id];
    unsigned op = t->op == TRACE_CALLOC && r->plain ? TRACE_MALLOC : t->op;
    bool has_block = op == TRACE_REALLOC || op == TRACE_FREE;
    void *before = o->block;
    uint64_t instructions;

    c->operations++;
    if (has_block && before == NULL) {
        c->skipped++;
        return;
    }
    if (has_block && !replay_verify(before, o->size_bytes, REPLAY_KEY(t->id)))
        c->mismatches++;
    if (op == TRACE_FREE) {
        count_live(r, 0 - (uint64_t)o->size_bytes);
        o->block = NULL;
    }
    if (r->at_once)
        enter(r);
    void *after = r->at_sites ? call_at(t, op, before, &instructions)
                              : replay_call(t, op, before, &instructions);
    if (r->at_once)
        leave(r);
    replay_add_cost(c->cost, replay_kind_of(op, before, after), instructions, i);
    if (op != TRACE_FREE)
        allocated(r, t, op, after, c);
}

uint64_t replay_free_rest(replay *r, uint32_t *left)
{
    uint64_t mismatches = 0;

    *left = 0;
    for (uint32_t id = 0; id < r->t.object_count; id++) {
        replay_object *o = &r->objects[id];
        if (o->block == NULL)
            continue;
        if (!replay_verify(o->block, o->size_bytes, REPLAY_KEY(id)))
            mismatches++;
        hak_free(o->block);
        o->block = NULL;
        ++*left;
    }
    return mismatches;
}
