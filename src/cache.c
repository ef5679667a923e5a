/* SPDX-License-Identifier: MIT */
/* The reuse cache beyond its fast paths: notes, seats, evictions, recall. */
#include "sites.h"

#define CACHE (&pools.cache)

static inline hak_cache_entry *next_way(hak_cache_entry *e)
{
    size_t way_bytes = CACHE->site_mask + (1u << CACHE_ROW_SHIFT);
    return (hak_cache_entry *)(void *)((char *)e + way_bytes);
}

static inline unsigned depth_of(unsigned band)
{
    return atomic_load_explicit(&CACHE->depth[band], memory_order_relaxed);
}

static inline hak_unit *first_inner(const hak_region *r, granule g)
{
    return &r->maps.units[unit_of(g) + 1];
}

void *cache_find(size_t size, hak_word tag)
{
    size_t less_1 = (size - 1) >> GRANULE_SHIFT;
    unsigned band = cache_band(CACHE, less_1);
    if (depth_of(band) < 2)
        return NULL;
    hak_mask state = hak_port_mask();
    unsigned core = this_core();
    void *block = NULL;
    if (core < HAK_CORES) {
        char *part = cache_part(CACHE, core);
        hak_cache_entry *e = cache_entry(CACHE, part, band, tag);
        for (unsigned way = 1; way < CACHE->ways && block == NULL; way++) {
            e = next_way(e);
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
    if (depth_of(band) != 0)
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

/* A block that was claimed for the cache: its note says so. */
typedef struct claim {
    const void *block;
    hak_atomic *note;
    hak_word held;  /* the note until now */
    granule less_1; /* length, less one */
    unsigned band;
} claim;

/* A cached block that is in no entry goes back to the run layer. Lock held. */
static void give_back(hak_region *r, const void *p, granule g, granule length)
{
    word_set(note_at(&r->maps, (uintptr_t)g << GRANULE_SHIFT), NOTE_NONE);
    set_live_word(first_inner(r, g), length);
    free_step(r, p);
    sites_run_gone(r, p);
}

void cache_give_back(hak_region *r, const void *p)
{
    granule g = region_granule(r, p);
    give_back(r, p, g, (granule)live_word(first_inner(r, g)));
}

/* The entry's block, if it has one, goes back to the run layer; `left` is what
 * becomes of the entry. Lock held. */
static void empty(hak_cache_entry *e, hak_word left)
{
    /* acquire: pairs with cache_fill */
    hak_word block = atomic_exchange_explicit(&e->block, left, memory_order_acquire);
    if (block <= CACHE_NO_SEAT)
        return;
    hak_region *r = run_region_of((void *)block);
    granule g = region_granule(r, (void *)block), length = (granule)live_word(first_inner(r, g));
    CACHE->evictions[cache_band(CACHE, length - 1)]++;
    give_back(r, (void *)block, g, length);
}

/* A seat for the entry: a new one, or that of the entry that has had one longest.
 * Lock held. */
static bool grant(hak_cache_entry *e)
{
    hak_cache *c = CACHE;
    if (!cache_is_open())
        return false;
    unsigned seat = c->seat_count;
    if (seat < c->seats_most) {
        c->seat_count++;
    } else {
        seat = c->hand;
        c->hand = seat + 1 < c->seats_most ? seat + 1 : 0;
        empty(c->seats[seat], CACHE_NO_SEAT);
    }
    c->seats[seat] = e;
    word_set(&e->block, CACHE_EMPTY);
    return true;
}

static void withdraw(unsigned seat)
{
    hak_cache *c = CACHE;
    empty(c->seats[seat], CACHE_NO_SEAT);
    c->seats[seat] = c->seats[--c->seat_count];
    if (c->hand >= c->seat_count)
        c->hand = 0;
}

static bool fill(hak_cache_entry *e, const claim *b)
{
    return cache_fill(e, cache_key(b->less_1, b->held & NOTE_TAG), b->note, b->held, b->block);
}

/* Keep the claimed block in one of its site's entries: one that is empty; one that
 * has no seat and is granted one; or, if all have blocks, one whose block is of
 * another size and makes room. The core's, lock held. */
static bool keep(hak_cache_entry *e, const claim *b)
{
    unsigned depth = depth_of(b->band);
    for (unsigned way = 0; way < depth; way++, e = next_way(e)) {
        hak_word block = word_get(&e->block);
        if (block == CACHE_EMPTY || (block == CACHE_NO_SEAT && grant(e)))
            return fill(e, b);
        if (block == CACHE_NO_SEAT)
            return false;
        if (e->key != cache_key(b->less_1, b->held & NOTE_TAG)) {
            empty(e, CACHE_EMPTY);
            return fill(e, b);
        }
    }
    return false;
}

hak_fault cache_free_noted(hak_region *r, const void *p)
{
    uintptr_t offset = (uintptr_t)p - r->maps.base;
    claim b = {.block = p, .note = note_at(&r->maps, offset)};
    b.held = word_get(b.note);
    hak_word expected = b.held;
    hak_mask state = hak_port_mask();
    if (!note_is_held(b.held, offset) ||
        !atomic_compare_exchange_strong_explicit(b.note, &expected, b.held | NOTE_CACHED,
                                                 memory_order_relaxed, memory_order_relaxed)) {
        hak_port_unmask(state);
        return HAK_FAULT_DOUBLE_FREE;
    }
    b.less_1 = (granule)live_word(first_inner(r, region_granule(r, p))) - 1;
    b.band = cache_band(CACHE, b.less_1);
    hak_lock_take(&run.lock);
    sites_cached(r, p, ((size_t)b.less_1 + 1) << GRANULE_SHIFT);
    unsigned core = this_core();
    char *part = cache_part(CACHE, core);
    if (core < HAK_CORES && keep(cache_entry(CACHE, part, b.band, b.held), &b))
        cache_count(&cache_counters(part)->puts[b.band]);
    else
        give_back(r, p, region_granule(r, p), b.less_1 + 1);
    run_unlock(state);
    return HAK_FAULT_NONE;
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
        hak_mask state = run_lock();
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

void cache_set_depth(unsigned band, unsigned depth)
{
    unsigned most = depth < CACHE->ways ? depth : CACHE->ways;
    atomic_store_explicit(&CACHE->depth[band], (uint8_t)most, memory_order_relaxed);
    for (unsigned i = CACHE->seats_most; i-- > 0;) {
        hak_mask state = run_lock();
        if (i < CACHE->seat_count && band_of(CACHE->seats[i]) == band &&
            way_of(CACHE->seats[i]) >= most)
            withdraw(i);
        run_unlock(state);
    }
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
