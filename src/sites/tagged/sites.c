/* SPDX-License-Identifier: MIT */
/* The table of sites, and tags off the fast path. */
#include "sites.h"
#include "heap.h"

hak_place_of_site marks_sites[PLACES];

void sites_start(void)
{
    hak_port_zero(marks_sites, sizeof marks_sites);
    tally_start();
}

/* First the usual place, then others, drawn by multiplication: sites lie side by
 * side, and in a row of taken places short steps would end nowhere.
 * [multiplicative hashing: Knuth, TAOCP 6.4] */
hak_tag sites_find(const void *site)
{
    uintptr_t wanted = (uintptr_t)site, dice = wanted;
    hak_tag tag = sites_guess(site);
    for (unsigned i = 0; i < SITES_PROBES; i++) {
        hak_atomic *address = &pools.sites[tag].address;
        uintptr_t there = word_get(address);
        /* relaxed: an address is all there is to see */
        if (there == 0 && tag != SITES_OTHER &&
            hak_port_compare_exchange(address, &there, wanted, memory_order_relaxed,
                                      memory_order_relaxed))
            return tag;
        if (there == wanted)
            return tag;
        dice *= (uintptr_t)UINT64_C(0x9e3779b97f4a7c15);
        tag = dice >> (WORD_BITS - 8) & (HAK_SITES - 1);
    }
    return SITES_OTHER;
}

void *sites_settle(void *block, hak_place_of_site *place, hak_mask state)
{
    if (TALLY_COUNTS)
        tally_settle(place);
    hak_port_unmask(state);
    return block;
}

void *heap_malloc_detour(size_t size, const void *call_site)
{
    hak_tag tag = sites_find(call_site);
    if (size - 1 >= pools.limit_bytes)
        return heap_malloc_big(size, call_site, tag, sites_place(tag));
    return heap_malloc_pooled(size, call_site, tag, sites_place(tag));
}

static uint8_t *stripe_at(const hak_region *r, granule g)
{
    return &r->maps.tags[g / MARKS_STRIPE];
}

/* Where live blocks begin in the stripe of g; bit 0 is the stripe's first granule. */
static hak_word begins_in_stripe(const hak_region *r, granule g)
{
    hak_unit u = r->maps.units[unit_of(g)];
    return (u.begin & u.live) >> (bit_of(g) & ~(MARKS_STRIPE - 1u)) & ((ONE << MARKS_STRIPE) - 1);
}

/* The tag of the block at a place of a stripe whose live blocks begin there. */
static hak_tag tag_among(hak_tag mark, hak_word begins, unsigned place)
{
    if ((mark & MARKS_SHARED) != 0)
        return mark & ~(hak_tag)MARKS_SHARED;
    return begins >> place >> 1 != 0 ? SITES_OTHER : mark;
}

hak_tag sites_run_tag(const hak_region *r, const void *p)
{
    granule g = region_granule(r, p);
    return tag_among(sites_get(stripe_at(r, g)), begins_in_stripe(r, g), g % MARKS_STRIPE);
}

/* What the mark of a stripe becomes by a new block at a place. */
static hak_tag mark_with(hak_tag mark, hak_word begins, unsigned place, hak_tag tag)
{
    bool alone = (begins & ~(ONE << place)) == 0, last = begins >> place >> 1 == 0;
    if (alone || mark == (tag | MARKS_SHARED))
        return tag | MARKS_SHARED;
    return last ? tag : mark & ~(hak_tag)MARKS_SHARED;
}

/* Tag a new block, which its site's account does not have yet. Its neighbours in the
 * stripe may lose their tags, and count as "other". */
static void tag_in_run(const hak_region *r, const void *block, hak_tag tag)
{
    granule g = region_granule(r, block), first = g - g % MARKS_STRIPE;
    hak_word begins = begins_in_stripe(r, g);
    hak_word before = begins & ~(ONE << g % MARKS_STRIPE);
    hak_tag old = sites_get(stripe_at(r, g));
    hak_tag mark = mark_with(old, begins, g % MARKS_STRIPE, tag);
    sites_set(stripe_at(r, g), mark);
    for (unsigned place = 0; TALLY_COUNTS && place < MARKS_STRIPE; place++) {
        hak_tag was = tag_among(old, before, place), is = tag_among(mark, begins, place);
        if ((before >> place & 1) != 0 && was != is)
            tally_move(was, is, (size_t)extent_length(r, first + place) << GRANULE_SHIFT);
    }
    tally_add(tag_among(mark, begins, g % MARKS_STRIPE), (size_t)extent_length(r, g)
                                                             << GRANULE_SHIFT);
}

static void tag_in_page(const hak_region *r, unsigned kind, const void *block, hak_tag tag)
{
    const hak_class *c = &pools.classes[kind - 1];
    uintptr_t offset = (uintptr_t)block - r->maps.base;
    uint32_t inside = (uint32_t)offset & (((uint32_t)c->units << UNIT_SHIFT) - 1);
    uint8_t *tags = sites_page_tags(&r->maps, (offset - inside) >> UNIT_SHIFT, kind);
    sites_set(&tags[class_index(c, inside)], tag);
    tally_add(tag, c->stride);
}

void sites_handed_out(const void *block, const void *site)
{
    if (block == NULL)
        return;
    const hak_region *r = run_region_of(block);
    unsigned kind = region_kind_at(&r->maps, block);
    if (kind != 0)
        tag_in_page(r, kind, block, sites_find(site));
    else
        tag_in_run(r, block, sites_find(site));
}

void sites_given_in(const hak_region *r, const void *block, const void *site)
{
    tag_in_run(r, block, sites_find(site));
}

/* The last one in a stripe goes: no other block may come by its tag. */
void sites_run_gone(const hak_region *r, const void *p)
{
    granule g = region_granule(r, p);
    uint8_t *mark = stripe_at(r, g);
    if ((sites_get(mark) & MARKS_SHARED) == 0 &&
        begins_in_stripe(r, g) >> g % MARKS_STRIPE >> 1 == 0)
        sites_set(mark, SITES_OTHER);
}

void sites_run_freed(const hak_region *r, const void *p, hak_tag tag, size_t granules)
{
    sites_run_gone(r, p);
    tally_sub(tag, place_charge(granules << GRANULE_SHIFT));
}
