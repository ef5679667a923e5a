/* SPDX-License-Identifier: MIT */
#include "retention.h"
#include "pool.h"

hak_epoch retention_counts(unsigned band)
{
    hak_cache_sums sums;
    cache_add_up(&sums);
    const hak_cache_band *b = &sums.band[band];
    size_t heap = (run.usable_granules >> 10 << GRANULE_SHIFT) + 1;
    return (hak_epoch){(uint32_t)b->hits, (uint32_t)b->misses, (uint32_t)b->evictions,
                       (uint32_t)(b->held_bytes / heap)};
}

void retention_apply(unsigned band, bool flush)
{
    if (flush)
        cache_set_depth(band, 0);
    cache_set_depth(band, policy_band(band).depth);
}
