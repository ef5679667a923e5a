/* SPDX-License-Identifier: MIT */
/* What the reuse cache holds and counts; whether all of it is whole. */
#include "pool.h"

#define CACHE (&pools.cache)

/* The block in a seat's entry; length 0: none. Lock held. */
static hak_place in_seat(unsigned seat)
{
    hak_place place = {NULL, {0, 0}};
    hak_word block = seat < CACHE->seat_count ? word_get(&CACHE->seats[seat]->block) : 0;
    if (block > CACHE_NO_SEAT) {
        place.region = run_region_of((void *)block);
        place.extent.start = region_granule(place.region, (void *)block);
        place.extent.length = extent_length(place.region, place.extent.start);
    }
    return place;
}

void cache_add_up_counters(hak_cache_sums *sums)
{
    hak_port_zero(sums, sizeof *sums);
    for (unsigned core = 0; CACHE->zeros != 0 && core < HAK_CORES; core++) {
        const hak_cache_counters *n = cache_counters(cache_part(CACHE, core));
        for (unsigned band = 0; band < CACHE_BANDS; band++) {
            hak_cache_band *b = &sums->band[band];
            b->hits += word_get(&n->hits[band]);
            b->puts += word_get(&n->puts[band]);
            b->misses += word_get(&n->misses[band]);
        }
    }
}

size_t cache_held_bytes(unsigned band, unsigned seat)
{
    hak_mask state;
    if (!run_lock(&state))
        return 0;
    granule length = in_seat(seat).extent.length;
    run_unlock(state);
    if (length == 0 || cache_band(CACHE, length - 1) != band)
        return 0;
    return (size_t)length << GRANULE_SHIFT;
}

void cache_add_up(hak_cache_sums *sums)
{
    cache_add_up_counters(sums);
    for (unsigned i = 0; i < CACHE->seats_most; i++) {
        hak_mask state;
        if (!run_lock(&state))
            return;
        hak_place place = in_seat(i);
        run_unlock(state);
        if (place.extent.length == 0)
            continue;
        hak_cache_band *b = &sums->band[cache_band(CACHE, place.extent.length - 1)];
        b->held_blocks++;
        b->held_bytes += (size_t)place.extent.length << GRANULE_SHIFT;
    }
    for (unsigned band = 0; CACHE->zeros != 0 && band < CACHE_BANDS; band++) {
        hak_mask state;
        if (!run_lock(&state))
            return;
        sums->band[band].evictions = CACHE->evictions[band];
        run_unlock(state);
    }
}

/* A cached block's note says so; without the lock it may leave the entry between
 * two looks. */
static const char *check_seat(unsigned seat)
{
    for (unsigned turns = 0; turns < CHECK_TURNS; turns++) {
        hak_mask state;
        if (!run_lock(&state))
            return NULL;
        hak_place place = in_seat(seat);
        bool good = place.extent.length == 0 || note_is_cached(place.region, place.extent.start);
        run_unlock(state);
        if (good)
            return NULL;
        hak_port_relax(turns);
    }
    return "a block in an entry of the cache is noted as cached";
}

const char *cache_check(void)
{
    const char *broken = NULL;
    hak_mask state;
    if (!run_lock(&state))
        return NULL;
    if (CACHE->seat_count > CACHE->seats_most)
        broken = "at most half of K seats are granted";
    run_unlock(state);
    for (unsigned i = 0; i < CACHE->seats_most && broken == NULL; i++)
        broken = check_seat(i);
    return broken;
}

static bool same_history(const hak_cache_sums *a, const hak_cache_sums *b)
{
    bool same = true;
    for (unsigned i = 0; i < CACHE_BANDS; i++)
        same &= a->band[i].hits == b->band[i].hits && a->band[i].puts == b->band[i].puts &&
                a->band[i].evictions == b->band[i].evictions;
    return same;
}

static bool equation_holds(const hak_cache_sums *sums)
{
    bool holds = true;
    for (unsigned i = 0; i < CACHE_BANDS; i++) {
        const hak_cache_band *b = &sums->band[i];
        holds &= b->puts - b->hits == b->held_blocks + b->evictions;
    }
    return holds;
}

/* Another core may be between its steps for as long as it likes: what it has in
 * hand is noted as cached and in no entry, and not counted yet. */
const char *cache_check_sums(const hak_cache_sums *before, size_t noted_blocks)
{
    hak_cache_sums now;
    size_t held = 0;
    for (unsigned turns = 0; turns < CHECK_TURNS; turns++) {
        cache_add_up(&now);
        if (!same_history(before, &now))
            return NULL;
        if (equation_holds(&now))
            break;
        if (turns + 1 == CHECK_TURNS)
            return "what was put into the cache is there, was handed out or evicted";
        hak_port_relax(turns);
    }
    for (unsigned i = 0; i < CACHE_BANDS; i++)
        held += now.band[i].held_blocks;
    return noted_blocks - held < HAK_CORES ? NULL : "blocks noted as cached are in entries";
}
