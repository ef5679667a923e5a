/* SPDX-License-Identifier: MIT */
/* One record: the call, measured, and everything that can be verified about
 * the block before and after it. */
#include "hak.h"
#include "kit.h"
#include "replay.h"

#define KEY(id) (((uint64_t)(id) + 1) * UINT64_C(0x9e3779b97f4a7c15))

static uint64_t word_at(uint64_t key, size_t word)
{
    return key ^ (word * UINT64_C(0x100000001b3));
}

static uint8_t byte_at(uint64_t key, size_t byte)
{
    return (uint8_t)(word_at(key, byte / 8) >> (byte % 8 * 8));
}

void replay_fill(void *block, size_t from, size_t to, uint64_t key)
{
    uint8_t *bytes = block;
    uint64_t *words = block; /* blocks are aligned to the granule */
    size_t i = from;

    for (; i < to && i % 8 != 0; i++)
        bytes[i] = byte_at(key, i);
    for (; i + 8 <= to; i += 8)
        words[i / 8] = word_at(key, i / 8);
    for (; i < to; i++)
        bytes[i] = byte_at(key, i);
}

bool replay_verify(const void *block, size_t size, uint64_t key)
{
    const uint8_t *bytes = block;
    const uint64_t *words = block;
    uint64_t difference = 0;
    size_t i = 0;

    for (; i + 8 <= size; i += 8)
        difference |= words[i / 8] ^ word_at(key, i / 8);
    for (; i < size; i++)
        difference |= bytes[i] ^ (uint64_t)byte_at(key, i);
    return difference == 0;
}

static bool all_zero(const uint8_t *bytes, size_t size)
{
    uint8_t any = 0;

    for (size_t i = 0; i < size; i++)
        any |= bytes[i];
    return any == 0;
}

static void add_cost(replay_counts *c, replay_kind kind, uint64_t instructions, uint32_t record)
{
    replay_cost *cost = &c->cost[kind];

    cost->calls++;
    cost->sum += instructions;
    if (instructions > cost->max) {
        cost->max = instructions;
        cost->max_record = record;
    }
}

/* The call itself, between two readings of the instruction counter. */
static void *call(const trace_record *t, unsigned op, void *block, uint64_t *instructions)
{
    uint64_t start, end;
    size_t size = t->size_bytes;
    void *result = NULL;

    switch (op) {
    case TRACE_MALLOC:
        start = kit_instructions();
        result = hak_malloc(size);
        end = kit_instructions();
        break;
    case TRACE_CALLOC:
        start = kit_instructions();
        result = hak_calloc(1, size);
        end = kit_instructions();
        break;
    case TRACE_REALLOC:
        start = kit_instructions();
        result = hak_realloc(block, size);
        end = kit_instructions();
        break;
    case TRACE_FREE:
        start = kit_instructions();
        hak_free(block);
        end = kit_instructions();
        break;
    default: {
        size_t alignment = (size_t)1 << t->align_log2;
        start = kit_instructions();
        result = hak_aligned_alloc(alignment, size);
        end = kit_instructions();
        break;
    }
    }
    *instructions = end - start;
    return result;
}

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

/* What must hold of a block that was just handed out, before it is filled. */
static bool sound(const trace_record *t, unsigned op, const void *block, size_t kept)
{
    uintptr_t align = op == TRACE_ALIGNED ? (uintptr_t)1 << t->align_log2 : 1;

    if (align < HAK_GRANULE)
        align = HAK_GRANULE;
    if ((uintptr_t)block % align != 0)
        return false;
    if (op == TRACE_CALLOC && !all_zero(block, t->size_bytes))
        return false;
    if (t->id % 8 == 0 && hak_usable_size(block) < t->size_bytes)
        return false;
    return op != TRACE_REALLOC || replay_verify(block, kept, KEY(t->id));
}

static replay_kind kind_of(unsigned op, const void *before, const void *after)
{
    switch (op) {
    case TRACE_MALLOC:
        return KIND_MALLOC;
    case TRACE_CALLOC:
        return KIND_CALLOC;
    case TRACE_ALIGNED:
        return KIND_ALIGNED;
    case TRACE_FREE:
        return KIND_FREE;
    default:
        return before == after ? KIND_REALLOC_IN_PLACE : KIND_REALLOC_MOVED;
    }
}

/* The first allocation that fails says how much was free, and in how large a piece. */
static void complain(replay *r, uint32_t bytes)
{
    hak_stats stats;

    if (atomic_exchange_explicit(&r->complained, 1, memory_order_relaxed))
        return;
    hak_stats_get(&stats);
    kit_print("  an allocation of %u bytes failed; %zu bytes were free, at most %zu in one piece\n",
              (unsigned)bytes, stats.free_bytes, stats.largest_free_bytes);
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
    if (!sound(t, op, block, kept))
        c->mismatches++;
    replay_fill(block, kept, t->size_bytes, KEY(t->id));
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
    if (has_block && !replay_verify(before, o->size_bytes, KEY(t->id)))
        c->mismatches++;
    if (op == TRACE_FREE) {
        count_live(r, 0 - (uint64_t)o->size_bytes);
        o->block = NULL;
    }
    if (r->at_once)
        enter(r);
    void *after =
        r->at_sites ? call_at(t, op, before, &instructions) : call(t, op, before, &instructions);
    if (r->at_once)
        leave(r);
    add_cost(c, kind_of(op, before, after), instructions, i);
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
        if (!replay_verify(o->block, o->size_bytes, KEY(id)))
            mismatches++;
        hak_free(o->block);
        o->block = NULL;
        ++*left;
    }
    return mismatches;
}
