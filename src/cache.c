/* SPDX-License-Identifier: MIT */
/* The reuse cache beyond its fast paths: notes, seats, evictions, recall. */
#include "seats.h"

static inline hak_unit *first_inner(const hak_region *r, granule g)
{
    return &r->maps.units[unit_of(g) + 1];
}

void *cache_find(size_t size, hak_word tag)
{
    size_t less_1 = (size - 1) >> GRANULE_SHIFT;
    unsigned band = cache_band(CACHE, less_1);
    if (cache_depth(band) < 2)
        return NULL;
    hak_mask state = hak_port_mask();
    unsigned core = this_core();
    void *block = NULL;
    if (core < HAK_CORES) {
        char *part = cache_part(CACHE, core);
        hak_cache_entry *e = cache_entry(CACHE, part, band, tag);
        for (unsigned way = 1; way < CACHE->ways && block == NULL; way++) {
            e = cache_next_way(e);
            block = cache_hit(e, cache_key(less_1, tag));
        }
        if (block != NULL) {
            cache_count(&cache_counters(part)->hits[band]);
            sites_reused(tag, (less_1 + 1) << GRANULE_SHIFT);
        }
    }
    hak_port_unmask(state);
    return block;
}

static void count_miss(unsigned band)
{
    hak_mask state = hak_port_mask();
    unsigned core = this_core();
    if (core < HAK_CORES)
        cache_count(&cache_counters(cache_part(CACHE, core))->misses[band]);
    hak_port_unmask(state);
}

/* Note the block, which the caller holds, for the site with the tag. */
static void write_note(hak_region *r, granule g, granule length, hak_word tag)
{
    uintptr_t offset = (uintptr_t)g << GRANULE_SHIFT;
    word_set(note_at(&r->maps, offset), offset | tag);
    set_live_word(first_inner(r, g), length | EXTENT_NOTED);
}

void cache_note(const void *p, size_t granules, hak_word tag)
{
    unsigned band = cache_band(CACHE, granules - 1);
    hak_region *r = run_region_of(p);
    count_miss(band); /* also at depth 0: the learner must see what that costs */
    if (cache_depth(band) != 0)
        write_note(r, region_granule(r, p), (granule)granules, tag);
}

bool cache_resize(hak_place block, granule length)
{
    hak_region *r = block.region;
    granule g = block.extent.start;
    uintptr_t offset = (uintptr_t)g << GRANULE_SHIFT;
    hak_atomic *note = note_at(&r->maps, offset);
    hak_word held = word_get(note);
    /* relaxed: only decides who of several that free or resize goes on */
    if (!note_is_held(held, offset) ||
        !atomic_compare_exchange_strong_explicit(note, &held, NOTE_NONE, memory_order_relaxed,
                                                 memory_order_relaxed))
        return false;
    hak_unit *inner = first_inner(r, g);
    set_live_word(inner, (granule)live_word(inner));
    bool resized = run_resize(block, length);
    length = extent_length(r, g);
    if (cache_band(CACHE, length - 1) < CACHE_BANDS)
        write_note(r, g, length, held & NOTE_TAG);
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
    give_back((hak_leaving){(uintptr_t)p, (granule)live_word(first_inner(r, g)),
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
    size_t offset = (size_t)((const char *)e - CACHE->rows) % CACHE->core_bytes;
    return (unsigned)(offset / (CACHE->site_mask + (1u << CACHE_ROW_SHIFT)));
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
