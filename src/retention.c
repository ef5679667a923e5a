/* SPDX-License-Identifier: MIT */
#include "retention.h"
#include "pool.h"

unsigned retention_seats(void) { return pools.cache.seats_most; }

hak_epoch retention_counts(unsigned band)
{
    hak_epoch sum;
    sum.hits = sum.misses = sum.evictions = sum.held_per_1024 = 0;
    const hak_cache *c = &pools.cache;
    for (unsigned core = 0; c->zeros != 0 && core < HAK_CORES; core++) {
        const hak_cache_counters *n = cache_counters(cache_part(c, core));
        sum.hits += (uint32_t)word_get(&n->hits[band]);
        sum.misses += (uint32_t)word_get(&n->misses[band]);
    }
    if (c->zeros == 0)
        return sum;
    hak_mask state;
    if (!run_lock(&state))
        return sum;
    sum.evictions = (uint32_t)c->evictions[band];
    run_unlock(state);
    return sum;
}

size_t retention_held(unsigned band, unsigned seat) { return cache_held_bytes(band, seat); }

uint32_t retention_per_1024(size_t bytes)
{
    size_t heap = (run.usable_granules >> 10 << GRANULE_SHIFT) + 1;
    return (uint32_t)quotient(bytes, heap);
}

void retention_limit(unsigned band, bool flush)
{
    cache_limit(band, flush ? 0 : policy_band(band).depth);
}

void retention_trim(unsigned band, unsigned seat) { cache_trim(band, seat); }
