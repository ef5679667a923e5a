/* SPDX-License-Identifier: MIT */
/*
 * Verifying every invariant, one item of a region at a time. Each step holds
 * the lock for one item; a step that finds the heap changed since the last one
 * takes its bearings anew.
 */
#include "cursor.h"

typedef const char *complaint; /* NULL: whole */

/* What a walk over all regions adds up. */
typedef struct sums {
    size_t blocks, block_granules, free_granules, page_granules;
} sums;

enum { INNER_UNITS = 16, TURNS = 4096 };

/* No extent may begin inside another; looks at a few units at both ends. */
static complaint check_inside(const hak_region *r, hak_extent x)
{
    uint32_t inner = unit_of(x.start) + 1, behind = unit_of(x.start + x.length);
    if (inner >= behind)
        return NULL;
    if (live_bits(r, inner) != x.length || live_bits(r, behind - 1) != x.length)
        return "a long extent's length stands in its first and last inner unit";
    for (uint32_t i = 0; i < INNER_UNITS && inner + i < behind; i++) {
        uint32_t low = inner + i, high = behind - 1 - i;
        if (region_kind(r, low) != 0 || begin_bits(r, low) != 0 || region_kind(r, high) != 0 ||
            begin_bits(r, high) != 0)
            return "nothing begins inside an extent";
        if ((low != inner && low != behind - 1 && live_bits(r, low) != 0) ||
            (high != inner && high != behind - 1 && live_bits(r, high) != 0))
            return "the inner units of an extent are clear";
    }
    return NULL;
}

static complaint check_extent(const hak_region *r, hak_item item)
{
    hak_extent x = item.extent;
    hak_word noted = live_bits(r, unit_of(x.start)) & extent_first_word(x);
    if (x.length == 0 || x.length > r->end - x.start)
        return "an extent ends inside its region";
    if (x.start + x.length < r->end && region_kind(r, unit_of(x.start + x.length)) == 0 &&
        !extent_begins(r, x.start + x.length))
        return "where an extent ends, another begins";
    if (item.kind == ITEM_FREE) {
        granule before = extent_before(r, x.start);
        if (noted != 0)
            return "a free extent has no live bit";
        if (before != 0 && extent_is_free(r, before))
            return "two free extents never touch";
        if (!bins_links_hold(r, x))
            return "a free extent is linked in its bin";
    } else if ((noted & (noted - 1) & ((noted & (noted - 1)) - 1)) != 0) {
        return "a block has at most one alignment";
    }
    return check_inside(r, x);
}

static complaint check_owned(hak_page page, unsigned index, hak_word state)
{
    const hak_slot *slot = pool_owner(state);
    if (!pool_is_owned(state) || (size_t)(slot - pools.slots) % pools.class_count != index)
        return "a page's owner is a slot of its class";
    if (slot->page.id != page.id || slot->base != page_address(page) ||
        slot->used_bytes != pools.classes[index].used_bytes || slot->freed != page_freed(page))
        return "an owned page is the current one of its owner";
    if ((word_get(&slot->free) & ~pools.classes[index].full) != 0)
        return "a slot's free blocks are blocks of its page";
    return NULL;
}

static complaint check_page(const hak_region *r, granule g, sums *total)
{
    uint32_t unit = unit_of(g);
    unsigned kind = region_kind(r, unit), index = kind - 1;
    if (kind > pools.class_count)
        return "a page has a class";
    const hak_class *c = &pools.classes[index];
    hak_page page = page_of(&r->maps, unit);
    hak_word freed = atomic_load_explicit(page_freed(page), memory_order_acquire);
    hak_word state = page_state(page);
    for (uint32_t i = 0; i < c->units; i++) {
        if (region_kind(r, unit + i) != kind)
            return "all units of a page have its kind";
        if (begin_bits(r, unit + i) != 0 || (i != 0 && live_bits(r, unit + i) != 0))
            return "the map of a page's units is clear but for its state";
    }
    if ((freed & ~c->full) != ~c->full)
        return "the bits behind a page's last block are set";
    total->page_granules += (size_t)c->units << UNIT_GRANULES_SHIFT;
    if ((state & PAGE_STATES) == PAGE_OWNED)
        return check_owned(page, index, state);
    if (state == PAGE_FULL)
        return (freed & c->full) == 0 ? NULL : "a page with a free block is listed";
    if ((state & PAGE_STATES) != PAGE_LISTED)
        return "a page has a state";
    if ((freed & c->full) == 0 || !page_links_hold(&pools.states[index].listed, page))
        return "a listed page has a free block and stands in its list";
    return ~freed == 0 ? "an empty page that nobody owns is given back" : NULL;
}

/* One item at g, with the lock held. *next: where the next one begins. */
static complaint check_item(const hak_region *r, granule g, bool unchanged, sums *total,
                            granule *next)
{
    hak_item item = cursor_look(r, g);
    complaint broken = NULL;
    if (item.kind == ITEM_NONE && unchanged)
        broken = "where an extent ends, another begins";
    else if (item.kind == ITEM_PAGE)
        broken = check_page(r, g, total);
    else if (item.kind != ITEM_NONE)
        broken = check_extent(r, item);
    if (item.kind == ITEM_FREE)
        total->free_granules += item.extent.length;
    if (item.kind == ITEM_BLOCK) {
        total->blocks++;
        total->block_granules += item.extent.length;
    }
    *next = g + (item.extent.length != 0 ? item.extent.length : 1);
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
static complaint check_region(const hak_region *r, sums *total, size_t *changes)
{
    complaint broken = NULL;
    unsigned turns = 0;
    for (granule g = r->first; g < r->end;) {
        granule next;
        sums before = *total;
        hak_mask state = run_lock();
        bool unchanged = *changes == signature();
        *changes = signature();
        broken = check_item(r, g, unchanged, total, &next);
        run_unlock(state);
        if (broken != NULL) {
            if (HAK_CORES == 1 || ++turns == TURNS)
                return broken;
            *total = before;
            hak_port_relax(turns);
            continue;
        }
        turns = 0;
        g = next;
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

static complaint check_retained(void)
{
    size_t count = 0;
    for (unsigned core = 0; core < HAK_CORES; core++)
        count += hak_port_popcount((hak_word)(pools.retained[core]));
    if (count != pools.retained_count || count > HAK_RETAIN)
        return "the retained pages are counted, and at most K";
    return NULL;
}

const char *hak_check(void)
{
    const hak_region_table *table = run_regions();
    sums total = {0, 0, 0, 0};
    if (table->count == 0)
        return NULL;
    hak_mask state = run_lock();
    size_t start = signature(), changes = start;
    complaint broken = check_retained();
    run_unlock(state);
    for (unsigned i = 0; i < table->count && broken == NULL; i++)
        broken = check_region(table->region[i], &total, &changes);
    state = run_lock();
    if (broken == NULL && signature() == start && table == run_regions())
        broken = check_sums(&total);
    run_unlock(state);
    return broken;
}
