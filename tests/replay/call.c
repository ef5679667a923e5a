/* SPDX-License-Identifier: MIT */
#include "call.h"
#include "contents.h"
#include "hak.h"
#include "kit.h"

void *replay_call(const trace_record *t, unsigned op, void *block, uint64_t *instructions)
{
    uint64_t start, end;
    size_t size = t->size_bytes;
    void *result;

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
        result = block; /* nobody looks; a NULL would be made between the readings */
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

bool replay_sound(const trace_record *t, unsigned op, const void *block, size_t kept, uint64_t key)
{
    uintptr_t align = op == TRACE_ALIGNED ? (uintptr_t)1 << t->align_log2 : 1;

    if (align < HAK_GRANULE)
        align = HAK_GRANULE;
    if ((uintptr_t)block % align != 0)
        return false;
    if (op == TRACE_CALLOC && !replay_all_zero(block, t->size_bytes))
        return false;
    if (t->id % 8 == 0 && hak_usable_size(block) < t->size_bytes)
        return false;
    return op != TRACE_REALLOC || replay_verify(block, kept, key);
}

replay_kind replay_kind_of(unsigned op, const void *before, const void *after)
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

void replay_add_cost(replay_cost *costs, replay_kind kind, uint64_t instructions, uint32_t record)
{
    replay_cost *cost = &costs[kind];

    cost->calls++;
    cost->sum += instructions;
    if (instructions > cost->max) {
        cost->max = instructions;
        cost->max_record = record;
    }
}

void replay_print_costs(const replay_cost *costs)
{
    static const char *const names[KINDS] = {"malloc", "calloc",           "aligned_alloc",
                                             "free",   "realloc_in_place", "realloc_moved"};
    uint64_t overhead = kit_instructions_overhead();

    if (kit_instructions() == 0)
        return;
    for (unsigned k = 0; k < KINDS; k++) {
        const replay_cost *c = &costs[k];
        if (c->calls != 0)
            kit_print("= cost %s %llu %llu %llu %u\n", names[k], (unsigned long long)c->calls,
                      (unsigned long long)((c->sum - c->calls * overhead) * 10 / c->calls),
                      (unsigned long long)(c->max - overhead), (unsigned)c->max_record);
    }
}

void replay_print_refused(uint32_t bytes)
{
    hak_stats stats;

    hak_stats_get(&stats);
    kit_print("  an allocation of %u bytes failed; %zu bytes were free, at most %zu in one piece\n",
              (unsigned)bytes, stats.free_bytes, stats.largest_free_bytes);
}
