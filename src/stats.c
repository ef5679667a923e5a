/* SPDX-License-Identifier: MIT */
/* Adding up what the layers count. */
#include "heap.h"

static void add_run(hak_stats *s)
{
    const hak_region_table *table = run_regions();
    hak_mask state;
    if (!run_lock(&state))
        return;
    s->heap_bytes = run.handed_over_bytes;
    s->metadata_bytes = run.handed_over_bytes - (run.usable_granules << GRANULE_SHIFT);
    s->taken_bytes = run.taken_granules << GRANULE_SHIFT;
    s->peak_bytes = run.peak_granules << GRANULE_SHIFT;
    s->free_bytes = (run.usable_granules - run.taken_granules) << GRANULE_SHIFT;
    s->page_bytes = pools.page_granules << GRANULE_SHIFT;
    s->live_blocks = run.mallocs - run.frees;
    s->live_bytes = (run.taken_granules - pools.page_granules) << GRANULE_SHIFT;
    s->retained_pages = pools.retained_count;
    s->malloc_run = run.mallocs;
    s->free_run = run.frees;
    s->failures = run.failures;
    s->pages_retired = pools.deaths;
    s->refill_birth = pools.births;
    s->refill_adopt = pools.adoptions;
    s->recalls = pools.recalls;
    s->free_list = pools.adoptions + pools.unlisted;
    for (unsigned i = 0; i < table->count; i++) {
        size_t longest = (size_t)bins_longest(table->region[i]).extent.length << GRANULE_SHIFT;
        if (longest > s->largest_free_bytes)
            s->largest_free_bytes = longest;
    }
    run_unlock(state);
}

/* For the run layer a cached block is live: see the equation in cache.h. */
static void add_cache(hak_stats *s)
{
    hak_cache_sums sums;
    cache_add_up(&sums);
    for (unsigned i = 0; i < CACHE_BANDS; i++) {
        const hak_cache_band *b = &sums.band[i];
        s->malloc_cache += b->hits;
        s->cache_misses += b->misses;
        s->free_cache += b->puts;
        s->cache_evictions += b->evictions;
        s->cached_blocks += b->held_blocks;
        s->cached_bytes += b->held_bytes;
    }
    s->live_blocks -= s->cached_blocks;
    s->live_bytes -= s->cached_bytes;
}

/* A core's slot: see the equation in pool.h. */
static void add_slot(hak_stats *s, unsigned core, unsigned index)
{
    const hak_slot *slot = pool_slot(core, index);
    hak_mask state = hak_port_mask();
    size_t mallocs = word_get(&slot->mallocs);
    size_t back = mallocs + hak_port_popcount(word_get(&slot->free)) -
                  word_get(&pools.taken[slot - pools.slots]);
    hak_port_unmask(state);
    size_t away = word_get(&slot->remote_frees), live = mallocs - back - away;
    s->free_remote += away;
    s->malloc_pool += mallocs;
    s->free_local += back;
    s->live_blocks += live;
    s->live_bytes += live * slot->stride;
}

static void add_coreless_frees(hak_stats *s, unsigned index)
{
    hak_mask state;
    if (!run_lock(&state))
        return;
    size_t count = pools.coreless_frees[index];
    run_unlock(state);
    s->free_remote += count;
    s->live_blocks -= count;
    s->live_bytes -= count * pools.classes[index].stride;
}

static void add_all(hak_stats *stats)
{
    add_run(stats);
    add_cache(stats);
    for (unsigned index = 0; index < pools.class_count; index++)
        add_coreless_frees(stats, index);
    for (unsigned core = 0; core < HAK_CORES; core++) {
        for (unsigned index = 0; index < pools.class_count; index++)
            add_slot(stats, core, index);
        stats->refill_drain += word_get(&pools.drains[core]);
    }
}

/* Without the lock there is no sum that is right. */
void hak_stats_get(hak_stats *stats)
{
    hak_port_zero(stats, sizeof *stats);
    if (run_is_started())
        add_all(stats);
    if (run_is_stopped())
        hak_port_zero(stats, sizeof *stats);
    stats->faults = heap_faults();
    stats->early_returns = heap_early_returns();
}
