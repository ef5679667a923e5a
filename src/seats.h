/* SPDX-License-Identifier: MIT */
/*
 * What the reuse cache does with the run lock held: seats, evictions, and the ways
 * of an entry. The core's own entries nobody else touches meanwhile: a seat is
 * withdrawn with the lock held, a hit or a put is the core's, whose interrupts are
 * masked.
 */
#ifndef HAK_SEATS_H
#define HAK_SEATS_H

#include "sites.h"

#define CACHE (&pools.cache)

/* From an entry to the next way's. */
static inline size_t cache_way_bytes(void) { return CACHE->site_mask + (1u << CACHE_ROW_SHIFT); }
static inline hak_cache_entry *cache_next_way(hak_cache_entry *e, size_t way_bytes)
{
    return (hak_cache_entry *)(void *)((char *)e + way_bytes);
}

static inline unsigned cache_depth(unsigned band)
{
    return atomic_load_explicit(&CACHE->depth[band], memory_order_relaxed);
}

/* malloc: what the ways behind the core's entry have. NULL: nothing that fits. Its
 * core's, masked; the lock is not needed. */
STEP void *cache_look_behind(hak_cache_entry *e, char *part, unsigned band, hak_word key)
{
    void *block = NULL;
    size_t way_bytes = cache_way_bytes();
    const char *end = (const char *)e + cache_depth(band) * way_bytes;
    for (e = cache_next_way(e, way_bytes); (const char *)e < end && block == NULL;
         e = cache_next_way(e, way_bytes))
        block = cache_hit(e, key);
    if (block != NULL)
        cache_count(&cache_counters(part)->hits[band]);
    return block;
}

static inline hak_unit *cache_first_inner(const hak_region *r, granule g)
{
    return &r->maps.units[unit_of(g) + 1];
}

/* Note the block, which the caller holds, for the site with the tag. */
STEP void cache_write_note(hak_region *r, granule g, granule length, hak_word tag)
{
    uintptr_t offset = (uintptr_t)g << GRANULE_SHIFT;
    word_set(note_at(&r->maps, offset), note_place(offset) | tag);
    set_live_word(cache_first_inner(r, g), length | EXTENT_NOTED);
}

/* A block of the run layer for what the core's part of the cache did not have: it may
 * be kept one day. Misses count at depth 0, too: the learner must see what that costs.
 * Lock held. */
STEP void cache_note(const void *p, char *part, unsigned band, granule length, hak_word tag)
{
    cache_count(&cache_counters(part)->misses[band]);
    if (cache_depth(band) == 0)
        return;
    hak_region *r = run_region_of(p);
    cache_write_note(r, region_granule(r, p), length, tag);
}

/* A cached block that is in no entry any more, on its way to the run layer. 0: none. */
typedef struct hak_leaving {
    hak_word block;
    granule length;
    hak_atomic *note;
} hak_leaving;

STEP void cache_give_back(hak_leaving b)
{
    hak_region *r = run_region_of((void *)b.block);
    word_set(b.note, NOTE_NONE);
    free_block(r, (hak_extent){region_granule(r, (void *)b.block), b.length});
    sites_run_gone(r, (void *)b.block);
}

/* The block was taken out of the entry, where all else still stands. */
STEP hak_leaving cache_evict(const hak_cache_entry *e, hak_word block)
{
    granule less_1 = cache_key_length(e->key);
    CACHE->evictions[cache_band(CACHE, less_1)]++;
    return (hak_leaving){block, less_1 + 1, e->note};
}

/* The entry, of any core, loses its seat and its block. The owner writes nothing else
 * there before it has taken the lock. */
STEP hak_leaving cache_empty(hak_cache_entry *e)
{
    /* acquire: pairs with cache_fill */
    hak_word block = hak_port_exchange(&e->block, CACHE_NO_SEAT, memory_order_acquire);
    return block > CACHE_NO_SEAT ? cache_evict(e, block) : (hak_leaving){0, 0, NULL};
}

/* A seat for the core's entry, while the cache is open: a new one, or that of the entry
 * that has had one longest. */
STEP hak_leaving cache_grant(hak_cache_entry *e)
{
    hak_cache *c = CACHE;
    unsigned seat = c->seat_count;
    if (seat < c->seats_most) {
        c->seat_count++;
        c->seats[seat] = e;
        return (hak_leaving){0, 0, NULL};
    }
    seat = c->hand;
    c->hand = seat + 1 < c->seats_most ? seat + 1 : 0;
    hak_cache_entry *last = c->seats[seat];
    c->seats[seat] = e;
    return cache_empty(last);
}

/* The core's entry, or a way behind it, for a block with the key, which is to be
 * written there: one that is empty; one that has no seat and is granted one; or, if
 * all have blocks, one whose block is of another size and makes room. *leaving is
 * what has to go. NULL: there is none, or depth is 0; then it is not touched. */
STEP hak_cache_entry *cache_make_room(hak_cache_entry *e, hak_word key, unsigned depth,
                                      hak_leaving *leaving)
{
    for (; depth != 0; depth--, e = cache_next_way(e, cache_way_bytes())) {
        hak_word block = word_get(&e->block);
        if (block > CACHE_NO_SEAT && e->key == key)
            continue;
        if (block == CACHE_NO_SEAT && !cache_is_open())
            return NULL;
        *leaving = block > CACHE_NO_SEAT  ? cache_evict(e, block)
                   : block == CACHE_EMPTY ? (hak_leaving){0, 0, NULL}
                                          : cache_grant(e);
        return e;
    }
    return NULL;
}

#endif
