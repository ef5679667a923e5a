/* SPDX-License-Identifier: MIT */
/* Regions with tags: how they come and go. */
#include "tagged.h"
#include "heap.h"

static uint32_t last_serial; /* run lock */

/* How many the tags are: a bit each. */
static inline unsigned tag_count(uint32_t tags) { return hak_port_popcount((hak_word)tags); }

/* Lock held. */
static bool list_is_full(void)
{
    unsigned count = 0;
    for (const hak_tagged *t = run.tagged; t != NULL; t = t->next)
        count++;
    return count == HAK_REGIONS;
}

/* Into the list, behind those that have fewer tags or as many. Lock held. */
static void put_in_list(hak_tagged *t)
{
    hak_tagged **place = &run.tagged;
    while (*place != NULL && tag_count((*place)->tags) <= tag_count(t->tags))
        place = &(*place)->next;
    t->next = *place;
    *place = t;
}

/* Claim the range, so that nobody else can. Only then is anything written there. */
static hak_status claim(hak_tagged *t, uint32_t tags, const hak_carving *range)
{
    hak_status status = HAK_OK;
    hak_mask state;
    if (!run_lock(&state))
        return HAK_ERR_STOPPED;
    if (heap_overlaps(range)) {
        status = HAK_ERR_OVERLAP;
    } else if (list_is_full()) {
        status = HAK_ERR_REGIONS;
    } else {
        t->tags = tags;
        t->serial = ++last_serial;
        t->state = TAGGED_MAKING;
        t->blocks = t->granules = 0;
        t->region.start = range->start;
        t->region.limit = range->end;
        t->region.maps.index = 0; /* no page is in it */
        put_in_list(t);
    }
    run_unlock(state);
    return status;
}

hak_status hak_add_region_tagged(void *start, size_t size, uint32_t tags)
{
    const hak_page_plan no_pages = {UNIT_BYTES, 0};
    hak_carving range;
    if (tags == 0)
        return hak_add_region(start, size);
    if (!run_is_started())
        return HAK_ERR_NOT_INIT;
    hak_status status = region_trim(start, size, &range);
    if (status != HAK_OK)
        return status;
    hak_tagged *t = region_carve(&range, sizeof *t, sizeof(hak_word));
    if (!region_fits(range, no_pages))
        return HAK_ERR_TOO_SMALL;
    status = claim(t, tags, &range);
    if (status != HAK_OK)
        return status;
    region_make(&t->region, &range, no_pages);
    region_open(&t->region);
    hak_mask state;
    if (!run_lock(&state))
        return HAK_ERR_STOPPED;
    t->state = TAGGED_OPEN;
    run.resizes++;
    run_unlock(state);
    return HAK_OK;
}

/* Where the region that begins there is linked; NULL, and why. Lock held. */
static hak_tagged **find_link(const void *start, hak_status *why)
{
    uintptr_t from = align_up((uintptr_t)start, GRANULE_BYTES);
    for (hak_tagged **at = &run.tagged; *at != NULL; at = &(*at)->next)
        if ((*at)->region.start == from && (*at)->state != TAGGED_MAKING)
            return at;
    *why = HAK_ERR_NO_REGION;
    for (unsigned i = 0; i < HAK_REGIONS && run.arrived[i] != NULL; i++)
        if (run.arrived[i]->start == from)
            *why = HAK_ERR_NO_TAGS;
    return NULL;
}

hak_status hak_region_retire(const void *start)
{
    hak_status status = HAK_OK;
    if (!run_is_started())
        return HAK_ERR_NOT_INIT;
    hak_mask state;
    if (!run_lock(&state))
        return HAK_ERR_STOPPED;
    hak_tagged **link = find_link(start, &status);
    if (link != NULL)
        (*link)->state = TAGGED_RETIRED;
    run_unlock(state);
    return status;
}

hak_status hak_region_remove(const void *start)
{
    hak_status status = HAK_OK;
    if (!run_is_started())
        return HAK_ERR_NOT_INIT;
    hak_mask state;
    if (!run_lock(&state))
        return HAK_ERR_STOPPED;
    hak_tagged **link = find_link(start, &status);
    if (link != NULL && (*link)->blocks != 0)
        status = HAK_ERR_LIVE;
    else if (link != NULL)
        *link = (*link)->next;
    run.resizes++;
    run_unlock(state);
    return status;
}
