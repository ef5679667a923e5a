/* SPDX-License-Identifier: MIT */
/*
 * Who holds the memory, found by looking at every block: one item of a region at
 * a time, each with the run lock held anew. The tags of a page are read behind
 * the lock, for there are up to 64: a block that is live throughout keeps its
 * tag, and whatever is read of others is a tag or is "other".
 */
#include "cursor.h"
#include "sites.h"

/* What the blocks of one tag add up to. */
typedef struct held {
    size_t blocks, bytes;
} held;

static inline void hold(held *sums, hak_tag tag, size_t size_bytes)
{
    /* Tags in a page can be overwritten by the program. */
    if (tag >= HAK_SITES || word_get(&pools.sites[tag].address) == 0)
        tag = SITES_OTHER;
    sums[tag].blocks++;
    sums[tag].bytes += size_bytes;
}

/* The live blocks of a page, as they were with the lock held. */
static void hold_page(held *sums, const hak_region *r, uint32_t unit, unsigned kind, hak_word live)
{
    const uint8_t *tags = sites_page_tags(&r->maps, unit, kind);
    for (; live != 0; live &= live - 1)
        hold(sums, sites_get(&tags[hak_port_ctz(live)]), pools.classes[kind - 1].stride);
}

static void hold_region(held *sums, const hak_tour *tour)
{
    const hak_region *r = tour->region;
    for (granule g = tour->first; g < tour->end;) {
        uint32_t unit = unit_of(g);
        hak_word live = 0;
        hak_tag tag = SITES_OTHER;
        hak_mask state;
        if (!run_lock(&state))
            return;
        if (!tour_stands(tour)) {
            run_unlock(state);
            return;
        }
        hak_item item = cursor_look(r, g);
        unsigned kind = region_kind(r, unit);
        if (item.kind == ITEM_PAGE)
            live = ~pool_free_blocks(region_freed(&r->maps, unit),
                                     page_record(r->maps.units, (int32_t)unit)) &
                   pools.classes[kind - 1].full;
        else if (item.kind == ITEM_BLOCK)
            tag = sites_run_tag(r, region_address(r, g));
        bool held_by_caller = item.kind == ITEM_BLOCK && !note_is_cached(r, g);
        run_unlock(state);
        if (held_by_caller)
            hold(sums, tag, (size_t)item.extent.length << GRANULE_SHIFT);
        else if (live != 0)
            hold_page(sums, r, unit, kind, live);
        g += item.extent.length;
    }
}

static void hold_all(held *sums)
{
    hak_tour tour = tour_start();
    hak_port_zero(sums, HAK_SITES * sizeof *sums); /* an initializer would call memset */
    while (tour_goes_on(&tour))
        hold_region(sums, &tour);
}

static hak_site_info describe(hak_tag tag, held sum)
{
    const void *address = (const void *)word_get(&pools.sites[tag].address);
    hak_site_info info = {
        address, tag == SITES_OTHER ? "other" : hak_site_name(address), sum.blocks, sum.bytes, 0, 0,
        0};
    tally_fill(tag, &info);
    return info;
}

static bool is_worth_telling(const hak_site_info *info)
{
    return info->live_blocks != 0 || info->mallocs != 0 || info->failures != 0;
}

static bool is_greater(const hak_site_info *a, const hak_site_info *b)
{
    return a->live_bytes != b->live_bytes ? a->live_bytes > b->live_bytes
                                          : a->peak_bytes > b->peak_bytes;
}

/* What does not get a line of its own. */
static void put_to_other(hak_site_info *other, const hak_site_info *info)
{
    other->live_blocks += info->live_blocks;
    other->live_bytes += info->live_bytes;
    other->peak_bytes += info->peak_bytes;
    other->mallocs += info->mallocs;
    other->failures += info->failures;
}

/* Into the first `most` lines, sorted; what falls out at the end goes to other. */
static size_t insert(hak_site_info *list, size_t count, size_t most, hak_site_info info,
                     hak_site_info *other)
{
    size_t at = count;
    while (at != 0 && is_greater(&info, &list[at - 1]))
        at--;
    if (at == most) {
        put_to_other(other, &info);
        return count;
    }
    if (count == most)
        put_to_other(other, &list[--count]);
    for (size_t i = count; i > at; i--)
        list[i] = list[i - 1];
    list[at] = info;
    return count + 1;
}

size_t hak_sites_get(hak_site_info *list, size_t most)
{
    held sums[HAK_SITES];
    size_t count = 0;
    if (most == 0)
        return 0;
    hold_all(sums);
    if (run_is_stopped())
        return 0;
    hak_site_info other = describe(SITES_OTHER, sums[SITES_OTHER]);
    for (hak_tag tag = 1; tag < HAK_SITES; tag++) {
        hak_site_info info = describe(tag, sums[tag]);
        if (is_worth_telling(&info))
            count = insert(list, count, most, info, &other);
    }
    if (!is_worth_telling(&other))
        return count;
    if (count == most)
        put_to_other(&other, &list[--count]);
    list[count] = other;
    return count + 1;
}

/* Every tag that the program cannot overwrite names a site. */
static const char *check_region(const hak_tour *tour)
{
    const hak_region *r = tour->region;
    for (granule g = tour->first; g < tour->end;) {
        hak_tag tag = SITES_OTHER;
        hak_mask state;
        if (!run_lock(&state))
            return NULL;
        if (!tour_stands(tour)) {
            run_unlock(state);
            return NULL;
        }
        hak_item item = cursor_look(r, g);
        if (item.kind == ITEM_BLOCK)
            tag = sites_run_tag(r, region_address(r, g));
        run_unlock(state);
        if (tag >= HAK_SITES || (tag != SITES_OTHER && word_get(&pools.sites[tag].address) == 0))
            return "a block's tag names a site";
        g += item.extent.length;
    }
    return NULL;
}

/* What is counted per call is what lies there, if nothing moved meanwhile. */
static bool accounts_agree(void)
{
    held sums[HAK_SITES];
    hak_word before, after;
    size_t lie = 0, counted = tally_live_bytes(&before);
    hold_all(sums);
    for (hak_tag tag = 0; tag < HAK_SITES; tag++)
        lie += sums[tag].bytes;
    tally_live_bytes(&after);
    return before != after || lie == counted || run_is_stopped();
}

/* Another core may be between a block and its account, so it is looked at again. */
static const char *check_accounts(void)
{
    for (unsigned turns = 0; turns < CHECK_TURNS; turns++) {
        if (accounts_agree())
            return NULL;
        hak_port_relax(turns);
    }
    return "the sites' accounts add up to the live bytes";
}

const char *sites_check(void)
{
    hak_tour tour = tour_start();
    while (tour_goes_on(&tour)) {
        const char *broken = check_region(&tour);
        if (broken != NULL)
            return broken;
    }
    if (word_get(&pools.sites[SITES_OTHER].address) != 0)
        return "\"other\" has no address";
    return TALLY_COUNTS ? check_accounts() : NULL;
}
