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
#define SITES_DETOUR(size, site, tag, place, known)                                                \
    ((known) ? heap_malloc_big(size, site, tag, place) : heap_malloc_detour(size, site))

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

/* The tags of the slot's page: loaded with its base, which lies beside it. */
static inline uint8_t *sites_tags(const hak_slot *slot)
{
    uint8_t *tags = slot->tags;
    uintptr_t base = slot->base;
    /* Both here: GCC would part them, where one instruction loads two. */
    if (TALLY_COUNTS)
        __asm__("" : "+r"(tags) : "r"(base));
    return tags;
}

/* The core took the lowest of the slot's free blocks, of so many bytes.
 * Interrupts masked. true: sites_settle is wanted. */
static inline bool sites_popped(uint8_t *tags, hak_word free, hak_tag tag, hak_place_of_site *place,
                                size_t stride)
{
    sites_set(&tags[hak_port_ctz(free)], tag);
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

/* What a free of the slot's size adds to an account. */
static inline hak_word sites_charge(const hak_slot *slot)
{
    return PLACE_CHARGES != 0 ? *slot->charges : slot->stride;
}

/* What is freed: the tag is read before the block can be another's, so nobody writes
 * it meanwhile. First in the
 * core's own page, whose blocks stay while interrupts are masked. */
static inline void sites_pushed(const hak_slot *slot, const uint8_t *tags, const void *p)
{
    uint32_t offset = (uint32_t)((uintptr_t)p - slot->base);
    if (TALLY_COUNTS)
        tally_sub(tags[hak_port_high(offset, slot->reciprocal)], sites_charge(slot));
}
/* Then a block of any page, by the page's first unit. */
static inline uint8_t *sites_page_tags(const hak_maps *maps, uintptr_t unit, unsigned kind)
{
    const hak_class *c = &pools.classes[kind - 1];
    return marks_of(c->stride, c->used_bytes, maps->base + (unit << UNIT_SHIFT),
                    &maps->tags[unit * MARKS_PER_UNIT]);
}
static inline hak_tag sites_page_tag(const hak_maps *maps, uintptr_t unit, unsigned kind,
                                     unsigned block, size_t stride)
{
    if (!TALLY_COUNTS)
        return SITES_OTHER;
    if (marks_in_map(stride))
        return maps->tags[unit * MARKS_PER_UNIT + block];
    return sites_page_tags(maps, unit, kind)[block];
}
static inline hak_tag sites_spot_tag(hak_spot spot)
{
    return sites_page_tag(page_maps(spot.page), page_unit(spot.page), spot.index + 1,
                          hak_port_ctz(spot.bit), pools.classes[spot.index].stride);
}
static inline void sites_freed(hak_tag tag, hak_word charge) { tally_sub(tag, charge); }

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
 * The reuse cache. It knows a site by its tag, which stands in the block's note; so
 * what it hands out has the tag of its site already, and nothing is written. A cached
 * block is live for the run layer, and keeps its tag in the map: it is longer than a
 * stripe, so it is the last block of the one that it begins in, and the last one's
 * tag stays whatever becomes of its neighbours. It is counted like a free one.
 */
#define SITES_CACHE_TAG(tag, site) ((hak_word)(tag) << NOTE_TAG_SHIFT)

/* The cache handed out a block of so many bytes for the tag in the key. */
static inline void sites_reused(hak_word key, size_t size_bytes)
{
    if (TALLY_COUNTS)
        tally_add(key >> NOTE_TAG_SHIFT, size_bytes);
}

/* A block with such a note, which the caller freed, went to the cache, or goes to the
 * run layer by a way that counts no free. Interrupts masked. */
static inline void sites_cached(hak_word held, size_t size_bytes)
{
    tally_sub_noted(held, size_bytes);
}

/* A hit, of a length in granules, less one: the end of malloc. Interrupts masked;
 * restores the mask's state. */
static inline void *sites_hit(void *block, hak_place_of_site *place, size_t less_1, hak_mask state)
{
    if (TALLY_COUNTS && tally_add_fast(place, (less_1 + 1) << GRANULE_SHIFT))
        return sites_settle(block, place, state);
    hak_port_unmask(state);
    return block;
}

/* Before the first block is handed out: forget all sites. */
void sites_start(void);

/* For check: NULL, or what is wrong. */
const char *sites_check(void);

#endif
