/* SPDX-License-Identifier: MIT */
/*
 * Several cores free one block in the same instant: one of them does, the others
 * are told, and no block is lost or given twice. Only if one of them is the core
 * that owns the block's page, two may be believed (docs/design.md, "What is
 * missed"); the maps stay whole even then.
 */
#include "misuse.h"

#include <stdatomic.h>

const bool misuse_without_heap = false;

enum { BLOCKS = 48, BLOCKS_OF_CACHE = 3, CORES_MOST = 4 };
static char *block[BLOCKS];
static unsigned count = BLOCKS;
static unsigned turn;
static unsigned cores, first; /* cores first to cores - 1 free; core 0 owns the pages */
static atomic_uint arrived;

static void body(unsigned core, void *context)
{
    (void)context;
    for (unsigned i = 0; core >= first && i < count; i++) {
        atomic_fetch_add(&arrived, 1);
        /* Without yielding at first, to be in step with the others. */
        for (unsigned turns = 0; atomic_load(&arrived) < (i + 1) * (cores - first); turns++)
            if (turns > 2000)
                kit_relax();
        hak_free(block[i]);
    }
}

/* Each core in turn: those of the cache come from its entries, one class after the
 * other, so that all cores have room for them again. */
static void allocate(unsigned core, void *context)
{
    size_t size = *(size_t *)context;
    for (unsigned i = 0; core == turn % cores && i < count; i++)
        block[i] = hak_malloc(size >= IN_CACHE ? size << i : size + i);
}

/* How many frees of the blocks were believed. size 0: blocks of pages. */
static bool one_round(size_t size, size_t *believed)
{
    hak_stats before, after;
    count = size >= IN_CACHE ? BLOCKS_OF_CACHE : BLOCKS;
    if (size == 0)
        HOLDS(misuse_page_blocks(block, BLOCKS));
    if (size != 0)
        kit_parallel(cores, allocate, &size);
    turn++;
    for (unsigned i = 0; i < count && size != 0; i++)
        HOLDS(block[i] != NULL);
    hak_stats_get(&before);
    atomic_store(&arrived, 0);
    kit_parallel(cores, body, NULL);
    hak_stats_get(&after);
    HOLDS(hak_check() == NULL);
    *believed = (cores - first) * count - (after.faults - before.faults);
    HOLDS(before.live_blocks - after.live_blocks == *believed);
    return misuse_only(HAK_FAULT_DOUBLE_FREE, HAK_FAULT_NOT_A_BLOCK);
}

static bool too_few_cores(const char *name, unsigned least)
{
    cores = kit_cores() < CORES_MOST ? kit_cores() : CORES_MOST;
    if (cores < least)
        kit_print("skip %s: too few cores\n", name);
    return cores < least;
}

static void exactly_one(size_t size)
{
    uint64_t rounds = kit_argument_number("rounds", 100);
    size_t believed;
    for (uint64_t i = 0; i < rounds; i++) {
        KIT_CHECK(one_round(size, &believed));
        KIT_CHECK(believed == count);
    }
    KIT_CHECK(misuse_heap_serves(rounds));
}

static void test_others(void)
{
    first = 1;
    if (too_few_cores("race_others", 3))
        return;
    cores = 3; /* two that race, even on a machine that has no more */
    exactly_one(0);
}

static void test_run(void)
{
    first = 0;
    if (!too_few_cores("race_run", 2))
        exactly_one(4000);
}

static bool caches_took_part(void)
{
    hak_stats stats;
    hak_stats_get(&stats);
    return stats.free_cache != 0 && stats.malloc_cache != 0;
}

/* Into the caches: each core has its own entries for the site. Few rounds may end before
 * it is the turn of a core that has won a race. */
static void test_cached(void)
{
    first = 0;
    if (too_few_cores("race_cached", 2))
        return;
    exactly_one(IN_CACHE);
    for (unsigned more = 0; more < 20 && !caches_took_part(); more++)
        exactly_one(IN_CACHE);
    KIT_CHECK(caches_took_part());
}

/* Last, for a block that two freed may be given twice from now on. */
static void test_owner(void)
{
    uint64_t rounds = kit_argument_number("rounds", 100);
    size_t believed, all = 0;
    first = 0;
    if (too_few_cores("race_owner", 2))
        return;
    for (uint64_t i = 0; i < rounds; i++) {
        KIT_CHECK(one_round(0, &believed));
        all += believed;
    }
    kit_print("believed: %zu frees of %zu blocks\n", all, (size_t)rounds * BLOCKS);
}

MISUSE_CASES({"race_others", test_others}, {"race_run", test_run}, {"race_cached", test_cached},
             {"race_owner", test_owner});
