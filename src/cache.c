/* SPDX-License-Identifier: MIT */
/* The reuse cache beyond its fast paths: notes, seats, evictions, recall. */
#include "seats.h"

bool cache_resize(hak_place block, granule length)
{
    hak_region *r = block.region;
    granule g = block.extent.start;
    uintptr_t offset = (uintptr_t)g << GRANULE_SHIFT;
    hak_atomic *note = note_at(&r->maps, offset);
    hak_word held = word_get(note);
    /* relaxed: only decides who of several that free or resize goes on */
    if (!note_is_held(held, offset) ||
        !hak_port_compare_exchange(note, &held, NOTE_NONE, memory_order_relaxed,
                                   memory_order_relaxed))
        return false;
    hak_unit *inner = cache_first_inner(r, g);
    set_live_word(inner, extent_length_of(live_word(inner)));
    bool resized = run_resize(block, length);
    length = extent_length(r, g);
    if (cache_band(CACHE, length - 1) < CACHE_BANDS)
        cache_write_note(r, g, length, held & NOTE_TAG);
    return resized;
}

static __attribute__((noinline)) void give_back(hak_leaving leaving)
{
    if (leaving.block != 0)
        cache_give_back(leaving);
}

void cache_give_up(hak_region *r, const void *p)
{
    granule g = region_granule(r, p);
    give_back((hak_leaving){(uintptr_t)p, extent_length_of(live_word(cache_first_inner(r, g))),
                            note_at(&r->maps, (uintptr_t)g << GRANULE_SHIFT)});
}

static void withdraw(unsigned seat)
{
    hak_cache *c = CACHE;
    give_back(cache_empty(c->seats[seat]));
    c->seats[seat] = c->seats[--c->seat_count];
    if (c->hand >= c->seat_count)
        c->hand = 0;
}

bool cache_has_note(const hak_region *r, const void *p)
{
    uintptr_t offset = (uintptr_t)p - r->maps.base;
    hak_word note = word_get(note_at(&r->maps, offset));
    return note_is_held(note & ~NOTE_CACHED, offset);
}

void cache_recall(void)
{
    for (unsigned i = 0; i < CACHE->seats_most; i++) {
        hak_mask state;
        if (!run_lock(&state))
            return;
        bool any = CACHE->seat_count != 0;
        if (any)
            withdraw(CACHE->seat_count - 1);
        run_unlock(state);
        if (!any)
            return;
    }
}

/* Of which class is the entry, and which way? */
static unsigned band_of(const hak_cache_entry *e)
{
    return (unsigned)(((const char *)e - CACHE->rows) >> CACHE_ENTRY_SHIFT) % CACHE_BANDS;
}
static unsigned way_of(const hak_cache_entry *e)
{
    size_t offset = remainder_of((size_t)((const char *)e - CACHE->rows), CACHE->core_bytes);
    return (unsigned)quotient(offset, cache_way_bytes());
}

void cache_limit(unsigned band, unsigned depth)
{
    unsigned most = depth < CACHE->ways ? depth : CACHE->ways;
    atomic_store_explicit(&CACHE->depth[band], (uint8_t)most, memory_order_relaxed);
}

void cache_trim(unsigned band, unsigned seat)
{
    hak_mask state;
    if (!run_lock(&state))
        return;
    if (seat < CACHE->seat_count && band_of(CACHE->seats[seat]) == band &&
        way_of(CACHE->seats[seat]) >= cache_depth(band))
        withdraw(seat);
    run_unlock(state);
}

void cache_set_depth(unsigned band, unsigned depth)
{
    cache_limit(band, depth);
    for (unsigned seat = CACHE->seats_most; seat-- > 0;)
        cache_trim(band, seat);
}

void cache_forget(void)
{
    hak_cache *c = CACHE;
    hak_cache_sums sums;
    if (c->zeros == 0)
        return;
    for (unsigned core = 0; core < HAK_CORES; core++) {
        char *part = cache_part(c, core);
        size_t bytes = (c->site_mask + (1u << CACHE_ROW_SHIFT)) * c->ways;
        for (hak_cache_entry *e = (void *)part; (char *)e < part + bytes; e++)
            word_set(&e->block, CACHE_NO_SEAT);
    }
    c->seat_count = c->hand = 0;
    cache_add_up_counters(&sums);
    for (unsigned band = 0; band < CACHE_BANDS; band++)
        c->evictions[band] = sums.band[band].puts - sums.band[band].hits;
}
