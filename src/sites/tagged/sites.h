/* SPDX-License-Identifier: MIT */
/*
 * Who holds which block. Each site has a place in a table of addresses,
 * pools.sites: the one that its address hashes to, or one of the next few; the
 * number of the place is its tag. Places are taken by compare-exchange and
 * never given up, so a look needs no lock. A site for which no place is left is
 * "other", tag 0, whose place stays empty.
 */
#ifndef HAK_SITES_H
#define HAK_SITES_H

#include "pool.h"
#include "tally.h"

enum { SITES_OTHER = 0, SITES_PROBES = 16 };

/* The call site: malloc's fast path wants it, so it is read at once. */
#define SITES_EARLY(call_site) ((call_site) != NULL ? (call_site) : HAK_PORT_CALL_SITE())
#define SITES_LATE(call_site)  (call_site)
/* malloc of a size without a class, or for a site that is not in its usual place. */
#define SITES_DETOUR(size, site) heap_malloc_detour(size, site)

/* Where a site has its place if nobody else had it first; does it? */
static inline hak_tag sites_guess(const void *site)
{
    return (uintptr_t)site >> 2 & (HAK_SITES - 1);
}
static inline hak_place_of_site *sites_place(hak_tag tag) { return &pools.sites[tag]; }
static inline bool sites_knows(const hak_place_of_site *place, const void *site)
{
    return word_get(&place->address) == (uintptr_t)site;
}

/* The tag of a site, which gets a place if it has none. Bounded. */
hak_tag sites_find(const void *site);

/* Tags are read by a listing at any time. */
static inline void sites_set(uint8_t *at, hak_tag tag) { hak_port_set_byte(at, tag); }
static inline hak_tag sites_get(const uint8_t *at)
{
    return *(const volatile uint8_t *)at; /* one byte: read whole */
}

/* The core took the lowest of the slot's free blocks, of so many bytes.
 * Interrupts masked. true: sites_settle is wanted. */
static inline bool sites_popped(const hak_slot *slot, hak_word free, hak_tag tag,
                                hak_place_of_site *place, size_t stride)
{
    sites_set(&slot->tags[hak_port_ctz(free)], tag);
    return tally_add_fast(place, stride);
}
/* Restores the interrupt mask's state; the block. */
void *sites_settle(void *block, hak_place_of_site *place, hak_mask state);

/* A block (or NULL) was handed out; run lock held since. */
void sites_handed_out(const void *block, const void *site);

/* The same of a block of the run layer, in whatever region. */
void sites_given_in(const hak_region *r, const void *block, const void *site);

/* A call returned NULL for want of memory. */
static inline void sites_failed(const void *site) { tally_failed(sites_find(site)); }

/* What is freed: the tag is read before the block can be another's. First in the
 * core's own page, whose blocks stay while interrupts are masked. */
static inline void sites_pushed(const hak_slot *slot, const void *p, size_t stride)
{
    uint32_t offset = (uint32_t)((uintptr_t)p - slot->base);
    if (TALLY_COUNTS)
        tally_sub(sites_get(&slot->tags[(uint64_t)offset * slot->reciprocal >> 32]), stride);
}
/* Then a block of any page, by the page's first unit. */
static inline uint8_t *sites_page_tags(const hak_maps *maps, uintptr_t unit, unsigned kind)
{
    const hak_class *c = &pools.classes[kind - 1];
    return marks_of((uint32_t)c->units << UNIT_SHIFT, c->blocks, c->used_bytes,
                    maps->base + (unit << UNIT_SHIFT), &maps->tags[unit * MARKS_PER_UNIT]);
}
static inline hak_tag sites_page_tag(const hak_maps *maps, uintptr_t unit, unsigned kind,
                                     unsigned block)
{
    return TALLY_COUNTS ? sites_get(&sites_page_tags(maps, unit, kind)[block]) : SITES_OTHER;
}
static inline hak_tag sites_spot_tag(hak_spot spot)
{
    return sites_page_tag(page_maps(spot.page), page_unit(spot.page), spot.index + 1,
                          hak_port_ctz(spot.bit));
}
static inline void sites_freed(hak_tag tag, size_t size_bytes) { tally_sub(tag, size_bytes); }

/* The run layer's blocks, run lock held: the tag of the block that begins at p,
 * which may be any address in the region's span. */
hak_tag sites_run_tag(const hak_region *r, const void *p);
/* The block of so many granules that began at p is free; that was its tag. */
void sites_run_freed(const hak_region *r, const void *p, hak_tag tag, size_t granules);
/* The block at p was resized in place, from so many granules to so many. */
static inline void sites_resized(const hak_region *r, const void *p, size_t from, size_t to)
{
    if (TALLY_COUNTS)
        tally_resize(sites_run_tag(r, p), from << GRANULE_SHIFT, to << GRANULE_SHIFT);
}

/* The block at p is gone from the run layer. */
void sites_run_gone(const hak_region *r, const void *p);

/*
 * The reuse cache. A cached block is live for the run layer, and keeps its tag: it
 * is longer than a stripe, so it is the last block of the one that it begins in,
 * and the last one's tag stays whatever becomes of its neighbours. So its holder
 * reads the tag without the lock. It is counted like a free one.
 */
static inline hak_tag sites_big_tag(const hak_maps *maps, uintptr_t offset)
{
    return sites_get(&maps->tags[offset >> GRANULE_SHIFT >> MARKS_STRIPE_LOG2]) &
           ~(hak_tag)MARKS_SHARED;
}

/* A block of so many bytes was handed out by the cache. No lock held; with SITES=count
 * interrupts masked. */
void sites_reused(void *block, size_t size_bytes, const void *site);

/* The block, which the caller frees, goes to the cache, or to the run layer by a way
 * that counts no free. Interrupts masked. */
static inline void sites_cached(const hak_region *r, const void *p, size_t size_bytes)
{
    if (TALLY_COUNTS)
        tally_sub(sites_big_tag(&r->maps, (uintptr_t)p - r->maps.base), size_bytes);
}

/* Mostly the block is one of the first region that has the tag already, and its site
 * is in its usual place. */
STEP void sites_reuse(void *block, size_t size_bytes, const void *site)
{
    uintptr_t offset = (uintptr_t)block - pools.maps.base;
    hak_tag tag = sites_guess(site);
    if (offset >= pools.maps.span || sites_big_tag(&pools.maps, offset) != tag ||
        !sites_knows(sites_place(tag), site))
        sites_reused(block, size_bytes, site);
    else if (tally_add_fast(sites_place(tag), size_bytes))
        tally_settle(sites_place(tag));
}

STEP void *sites_cache_malloc(const hak_cache *c, unsigned band, size_t less_1, hak_word key,
                              const void *site)
{
    size_t size_bytes = (less_1 + 1) << GRANULE_SHIFT;
    void *block;
    if (TALLY_COUNTS) {
        hak_mask state = hak_port_mask();
        block = cache_malloc(c, band, less_1, key);
        if (block != NULL)
            sites_reuse(block, size_bytes, site);
        hak_port_unmask(state);
        return block;
    }
    block = cache_malloc(c, band, less_1, key);
    if (block != NULL)
        sites_reuse(block, size_bytes, site);
    return block;
}

/* The tag is read before the block can be another's. */
static inline bool sites_cache_free(const hak_cache *c, const hak_maps *maps, uintptr_t offset,
                                    const void *p, hak_word held, granule length)
{
    if (!TALLY_COUNTS)
        return cache_free(c, maps, offset, p, held, length);
    hak_mask state = hak_port_mask();
    hak_tag tag = sites_big_tag(maps, offset);
    bool done = cache_free(c, maps, offset, p, held, length);
    if (done)
        tally_sub(tag, (size_t)length << GRANULE_SHIFT);
    hak_port_unmask(state);
    return done;
}

/* Before the first block is handed out: forget all sites. */
void sites_start(void);

/* For check: NULL, or what is wrong. */
const char *sites_check(void);

#endif
