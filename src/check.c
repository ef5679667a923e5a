/* SPDX-License-Identifier: MIT */
/*
 * Verifying every invariant, one item of a region at a time. Each step holds
 * the lock for an item and a few of its units; a long item takes several steps,
 * each of which looks at it anew, for the heap may have changed in between.
 */
#include "cursor.h"
#include "sites.h"

typedef const char *complaint; /* NULL: whole */

/* What a walk over all regions adds up. */
typedef struct sums {
    size_t blocks, block_granules, free_granules, page_granules, cached;
} sums;

enum {
    END_UNITS = 32, /* of a long item, looked at from either end; a page is looked at whole */
    UNITS_A_STEP = 4
};
_Static_assert(LARGEST_PAGE_UNITS <= 2 * END_UNITS, "a page is looked at whole");

/* The i-th of the units that are looked at, of [first, behind). */
static uint32_t nth_unit(uint32_t first, uint32_t behind, uint32_t i)
{
    bool far = i >= END_UNITS && behind - first > 2 * END_UNITS;
    return far ? behind - 2 * END_UNITS + i : first + i;
}

/* The units [first, behind) lie wholly inside an item of that kind: nothing
 * begins there but a page. Looks at those of one part; *more: there are others. */
static complaint check_units(const hak_region *r, uint32_t first, uint32_t behind, unsigned kind,
                             uint32_t part, bool *more)
{
    uint32_t count = behind > first ? behind - first : 0; /* it may be another item by now */
    if (count > 2 * END_UNITS)
        count = 2 * END_UNITS;
    uint32_t from = part * UNITS_A_STEP;
    *more = from + UNITS_A_STEP < count;
    for (uint32_t i = from; i < count && i < from + UNITS_A_STEP; i++) {
        uint32_t u = nth_unit(first, behind, i);
        if (region_kind(r, u) != kind)
            return "all units of an item have its kind";
        if (begin_bits(r, u) != (kind != 0 && u == first))
            return "nothing begins inside an extent or a page";
    }
    return NULL;
}

static complaint check_extent(const hak_region *r, hak_item item)
{
    hak_extent x = item.extent;
    hak_word noted = live_bits(r, unit_of(x.start)) & extent_first_word(x);
    if (x.length == 0 || x.length > r->end - x.start)
        return "an extent ends inside its region";
    if (!extent_begins(r, x.start + x.length))
        return "where an extent ends, another begins";
    if (item.kind == ITEM_FREE) {
        if (noted != 0)
            return "a free extent has no live bit";
        if (extent_is_free(r, extent_before(r, x.start)))
            return "two free extents never touch";
        if (!bins_links_hold(r, x))
            return "a free extent is linked in its bin";
        if ((extent_length_word(r, x.start) & EXTENT_NOTED) != 0)
            return "a free extent has no note";
    } else if ((noted & (noted - 1) & ((noted & (noted - 1)) - 1)) != 0) {
        return "a block has at most one alignment";
    } else if ((extent_length_word(r, x.start) & EXTENT_RELEASED) != 0) {
        return "a block is not known to be free";
    } else if (note_exists(r, x) && !cache_has_note(r, region_address(r, x.start))) {
        return "a block's note stands where the block begins";
    }
    uint32_t inner = unit_of(x.start) + 1, behind = unit_of(x.start + x.length);
    if (inner < behind &&
        ((live_word(&r->maps.units[inner]) & ~EXTENT_NOTED & ~EXTENT_RELEASED) != x.length ||
         extent_length_of(live_word(&r->maps.units[behind - 1])) != x.length))
        return "a long extent's length stands in its first and last inner unit";
    return NULL;
}

static complaint check_owned(hak_page page, unsigned index, uint32_t state)
{
    const hak_slot *slot = pool_owner(state);
    if (!pool_is_owned(state) ||
        remainder_of((size_t)(slot - pools.slots), pools.class_count) != index)
        return "a page's owner is a slot of its class";
    if (slot->page.id != page.id || slot->base != page_address(page) ||
        slot->used_bytes != pools.classes[index].used_bytes || slot->freed != page_freed(page))
        return "an owned page is the current one of its owner";
    if ((word_get(&slot->free) & ~pools.classes[index].full) != 0)
        return "a slot's free blocks are blocks of its page";
    return NULL;
}

static complaint check_page(const hak_region *r, uint32_t unit)
{
    unsigned index = region_kind(r, unit) - 1;
    const hak_class *c = &pools.classes[index];
    hak_page page = page_of(&r->maps, unit);
    hak_word freed = atomic_load_explicit(page_freed(page), memory_order_acquire);
    uint32_t state = page_state(page);
    granule start = unit << UNIT_GRANULES_SHIFT;
    if (extent_before(r, start + ((granule)c->units << UNIT_GRANULES_SHIFT)) != start)
        return "a page is an extent";
    if ((freed & ~c->full) != (state == PAGE_FULL ? ~c->full & ~PAGE_KNOWN : ~c->full))
        return "the bits behind a page's last block are set, but one while it is full";
    if ((state & PAGE_OWNED) != 0)
        return check_owned(page, index, state);
    if (state == PAGE_FULL)
        return (freed & c->full) == 0 ? NULL : "a page with a free block is listed";
    if (!page_is_listed(state))
        return "a page has a state";
    if ((freed & c->full) == 0 || !page_links_hold(r, unit, pools.class_count))
        return "a listed page has a free block and stands in its list";
    return ~freed == 0 ? "an empty page that nobody owns is given back" : NULL;
}

static void add_item(sums *total, const hak_region *r, hak_item item)
{
    granule length = item.extent.length;
    total->blocks += item.kind == ITEM_BLOCK;
    total->block_granules += item.kind == ITEM_BLOCK ? length : 0;
    total->cached += item.kind == ITEM_BLOCK && note_is_cached(r, item.extent.start);
    total->free_granules += item.kind == ITEM_FREE ? length : 0;
    total->page_granules += item.kind == ITEM_PAGE ? length : 0;
}

/* Where a step stands: part 0 is the item at g itself, the others its units. */
typedef struct place_in_check {
    granule g;
    uint32_t part;
    bool lost; /* inside an item that was not there before: nothing begins at g */
} place_in_check;

/* One step, with the lock held; moves *at on. */
static complaint check_step(const hak_region *r, place_in_check *at, bool unchanged, sums *total)
{
    if (region_kind(r, unit_of(at->g)) > pools.class_count)
        return "a page has a class";
    hak_item item = cursor_look(r, at->g);
    uint32_t first = unit_of(at->g), behind = unit_of(at->g + item.extent.length);
    complaint broken = NULL;
    bool more = false;
    if (item.kind == ITEM_NONE)
        broken = unchanged ? "where an extent ends, another begins" : NULL;
    else if (at->part != 0)
        broken = check_units(r, item.kind == ITEM_PAGE ? first : first + 1, behind,
                             region_kind(r, first), at->part - 1, &more);
    else {
        broken = item.kind == ITEM_PAGE ? check_page(r, first) : check_extent(r, item);
        more = item.kind == ITEM_PAGE || first + 1 < behind;
        add_item(total, r, item);
    }
    if (more)
        at->part++;
    else
        *at = (place_in_check){at->g + (item.extent.length != 0 ? item.extent.length : 1), 0,
                               item.kind == ITEM_NONE};
    return broken;
}

/* Differs as soon as any extent was taken, given or resized. Lock held. */
static size_t signature(void)
{
    return run.mallocs + run.frees + run.resizes + pools.births + pools.deaths;
}

/*
 * A page may look wrong for as long as another core is between its atomic
 * operation and the lock; so only what stays wrong is wrong.
 */
static complaint check_region(const hak_tour *tour, sums *total, size_t *changes)
{
    const hak_region *r = tour->region;
    complaint broken = NULL;
    unsigned turns = 0;
    for (place_in_check at = {tour->first, 0, false}; at.g < tour->end;) {
        place_in_check before_at = at;
        sums before = *total;
        hak_mask state;
        if (!run_lock(&state))
            return NULL;
        if (!tour_stands(tour)) {
            run_unlock(state);
            return NULL;
        }
        bool unchanged = *changes == signature() && !at.lost;
        *changes = signature();
        broken = check_step(r, &at, unchanged, total);
        run_unlock(state);
        if (broken == NULL) {
            turns = 0;
            continue;
        }
        if (++turns == CHECK_TURNS)
            return broken;
        at = before_at;
        *total = before;
        hak_port_relax(turns);
    }
    return NULL;
}

static complaint check_sums(const sums *total)
{
    if (total->blocks != run.mallocs - run.frees)
        return "the blocks of the run layer are counted";
    if (total->page_granules != pools.page_granules)
        return "the pages add up";
    if (total->free_granules != run.usable_granules - run.taken_granules)
        return "the free extents add up";
    if (run.taken_granules != total->block_granules + pools.page_granules)
        return "what was taken is in blocks and pages";
    return NULL;
}

/* A region with tags counts for itself; compared if nothing changed since. No page
 * is in it. */
static complaint check_tagged_sums(const hak_tour *tour, const sums *its, size_t start)
{
    complaint broken = NULL;
    hak_mask state;
    if (!run_lock(&state))
        return NULL;
    if (signature() == start) {
        const hak_tagged *t = tagged_numbered(tour->serial);
        if (its->blocks != t->blocks || its->block_granules != t->granules)
            broken = "the blocks of a region with tags are counted";
        else if (its->free_granules != t->region.end - t->region.first - t->granules)
            broken = "a region with tags is blocks and free extents";
    }
    run_unlock(state);
    return broken;
}

static complaint check_tagged(const hak_tour *tour)
{
    sums its;
    hak_port_zero(&its, sizeof its); /* an initializer might call memset */
    hak_mask state;
    if (!run_lock(&state))
        return NULL;
    size_t start = signature(), changes = start;
    bool stands = tour_stands(tour);
    run_unlock(state);
    if (!stands)
        return NULL;
    complaint broken = check_region(tour, &its, &changes);
    return broken != NULL ? broken : check_tagged_sums(tour, &its, start);
}

static complaint check_retained(void)
{
    size_t count = 0;
    for (unsigned core = 0; core < HAK_CORES; core++)
        for (unsigned i = 0; i < RETAINED_WORDS; i++)
            count += hak_port_popcount(pools.retained[core][i]);
    if (count != pools.retained_count || count > pool_retain())
        return "the retained pages are counted, and at most their part of K";
    return NULL;
}

static complaint check_all(void)
{
    const hak_region_table *table = run_regions();
    sums total;
    hak_port_zero(&total, sizeof total);
    if (table->count == 0)
        return NULL;
    hak_mask state;
    if (!run_lock(&state))
        return NULL;
    size_t start = signature(), changes = start;
    complaint broken = check_retained();
    run_unlock(state);
    if (broken == NULL)
        broken = cache_check();
    if (broken != NULL)
        return broken;
    hak_cache_sums cache_before;
    cache_add_up(&cache_before);
    hak_tour tour = tour_start();
    bool more = tour_goes_on(&tour);
    for (; more && broken == NULL && tour.serial == 0; more = tour_goes_on(&tour))
        broken = check_region(&tour, &total, &changes);
    if (broken == NULL && table == run_regions())
        broken = cache_check_sums(&cache_before, total.cached);
    if (!run_lock(&state))
        return NULL;
    if (broken == NULL && signature() == start && table == run_regions())
        broken = check_sums(&total);
    run_unlock(state);
    for (; more && broken == NULL; more = tour_goes_on(&tour))
        broken = check_tagged(&tour);
    return broken != NULL ? broken : sites_check();
}

const char *hak_check(void)
{
    complaint broken = check_all();
    return run_is_stopped() ? "whoever has the run layer's lock goes on" : broken;
}
