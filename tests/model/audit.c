/* SPDX-License-Identifier: MIT */
/* Comparing the shadow with what walk, stats and check say. */
#include "shadow.h"

/* A walk over the heap, compared with a table of the objects by address. */
typedef struct audit {
    const object *objects;
    size_t count;
    uint32_t *table; /* open addressing: 1 + index of the object; SEEN once shown */
    size_t table_size;
    bool exact; /* every live block is one of the objects */
    size_t shown, live_bytes, run_bytes, free_bytes, cached_blocks, cached_bytes;
    uintptr_t behind; /* the end of what was shown last */
    bool last_was_free;
} audit;

#define SEEN 0x80000000u

static uint32_t *place_of(const audit *a, const void *at)
{
    size_t i = (size_t)((uintptr_t)at * UINT64_C(0x9e3779b97f4a7c15) >> 32) % a->table_size;
    while (a->table[i] != 0 && a->objects[(a->table[i] & ~SEEN) - 1].at != at)
        i = (i + 1) % a->table_size;
    return &a->table[i];
}

static size_t fill_table(audit *a)
{
    size_t live = 0;
    for (size_t i = 0; i < a->table_size; i++)
        a->table[i] = 0;
    for (size_t i = 0; i < a->count; i++)
        if (a->objects[i].at != NULL) {
            *place_of(a, a->objects[i].at) = (uint32_t)i + 1;
            live++;
        }
    return live;
}

/* Also: everything ascends, nothing overlaps, no two free extents touch. */
static bool note_place(audit *a, const hak_block *block)
{
    uintptr_t start = (uintptr_t)block->address;
    bool same_region = false;
    for (unsigned i = 0; i < shadow_memory.count; i++)
        if (start >= shadow_memory.start[i] && start < shadow_memory.end[i])
            same_region = a->behind > shadow_memory.start[i];
    HOLDS(start >= a->behind);
    HOLDS(!same_region || start != a->behind || !a->last_was_free || block->kind != HAK_BLOCK_FREE);
    a->behind = start + block->size_bytes;
    a->last_was_free = block->kind == HAK_BLOCK_FREE;
    return true;
}

static bool note_block(audit *a, const hak_block *block)
{
    uint32_t *place = place_of(a, block->address);
    if (block->kind == HAK_BLOCK_FREE) {
        a->free_bytes += block->size_bytes;
        return true;
    }
    if (block->kind == HAK_BLOCK_CACHED) {
        HOLDS(!a->exact || *place == 0);
        a->cached_blocks++;
        a->cached_bytes += block->size_bytes;
        a->run_bytes += block->size_bytes;
        return true;
    }
    a->live_bytes += block->size_bytes;
    a->run_bytes += block->in_page ? 0 : block->size_bytes;
    if (*place == 0 && !a->exact)
        return true;
    HOLDS(*place != 0 && (*place & SEEN) == 0);
    HOLDS(a->objects[*place - 1].usable == block->size_bytes);
    *place |= SEEN;
    a->shown++;
    return true;
}

static int visit(const hak_block *block, void *context)
{
    audit *a = context;
    return (a->exact && !note_place(a, block)) || !note_block(a, block);
}

bool shadow_walk_shows(const object *objects, size_t count, uint32_t *table, size_t table_size)
{
    audit a = {.objects = objects, .count = count, .table = table, .table_size = table_size};
    size_t live = fill_table(&a);
    HOLDS(hak_walk(visit, &a) == 0);
    HOLDS(a.shown == live);
    return true;
}

bool shadow_audit(const object *objects, size_t count)
{
    static uint32_t table[1 << 16];
    audit a = {.objects = objects, .count = count, .table = table, .exact = true};
    a.table_size = sizeof table / sizeof table[0];
    HOLDS(count * 2 <= a.table_size);
    size_t live = fill_table(&a);
    HOLDS(hak_walk(visit, &a) == 0);
    HOLDS(a.shown == live);

    hak_stats stats;
    hak_stats_get(&stats);
    HOLDS(stats.live_blocks == live);
    HOLDS(stats.live_bytes == a.live_bytes);
    HOLDS(stats.free_bytes == a.free_bytes);
    HOLDS(stats.cached_blocks == a.cached_blocks && stats.cached_bytes == a.cached_bytes);
    HOLDS(stats.taken_bytes == a.run_bytes + stats.page_bytes);
    HOLDS(stats.heap_bytes == stats.metadata_bytes + stats.taken_bytes + stats.free_bytes);
    HOLDS(stats.peak_bytes >= stats.taken_bytes);
    const char *broken = hak_check();
    if (broken != NULL)
        kit_print("hak_check: %s\n", broken);
    HOLDS(broken == NULL);
    return true;
}
