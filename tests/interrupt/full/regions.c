/* SPDX-License-Identifier: MIT */
/* Calls about regions, and the states in which they begin. */
#include "scenes.h"
#include "spare.h"

void state_region(void) { state_many(); }

/* What comes is the only memory that is free. */
void state_region_full(void) { state_none(); }

void call_add_region(void)
{
    now.result = hak_add_region(spare_start, SPARE_BYTES) == HAK_OK ? &now : NULL;
}

void state_tags_to_come(void)
{
    state_hole();
    now.spare = TAGS_MAY_SERVE;
}

void call_add_tagged(void)
{
    bool added = hak_add_region_tagged(spare_start, SPARE_BYTES, SPARE_TAGS) == HAK_OK;
    now.result = added ? &now : NULL;
}

static int hold_apart(size_t bytes)
{
    void *p = hak_malloc_in(SPARE_TAGS, bytes);
    if (p != NULL)
        return book_add(p, bytes);
    complain("the state cannot be built: no block with tags");
    return BOOK_NONE;
}

/* Four neighbours with tags; the second is for the handler. */
static void four(int *blocks)
{
    state_hole();
    call_add_tagged();
    now.spare = TAGS_SERVE;
    for (unsigned i = 0; i < 4; i++)
        blocks[i] = hold_apart(size_of.large);
    now.in_spare = blocks[1];
}

void state_tags(void)
{
    int blocks[4];
    four(blocks);
    setup_free(blocks[2]);
    now.bytes = size_of.large;
}

void state_tags_lines(void)
{
    state_tags();
    now.alignment = 64;
}

void state_tags_full(void)
{
    int blocks[4];
    four(blocks);
    void *p;
    for (size_t bytes = size_of.large; bytes != 0; bytes /= 2)
        while ((p = hak_malloc_in(SPARE_TAGS, bytes)) != NULL)
            book_add(p, bytes);
    now.full = true;
    now.spare = TAGS_MAY_SERVE;
    now.bytes = size_of.large;
}

void call_malloc_in(void) { now.result = hak_malloc_in(SPARE_TAGS, now.bytes); }
void call_malloc_lines(void)
{
    now.result = hak_malloc_lines(SPARE_TAGS, now.alignment, now.bytes);
}

void state_tagged_between(void)
{
    int blocks[4];
    four(blocks);
    setup_free(blocks[0]);
    setup_free(blocks[3]);
    setup_subject(blocks[2]);
}

void state_tagged_grows(void)
{
    state_tagged_between();
    now.bytes = size_of.large + size_of.large / 2;
}

void state_tagged_moves(void)
{
    int blocks[4];
    four(blocks);
    setup_subject(blocks[0]);
    now.bytes = size_of.large + size_of.large / 2;
}

/* Empty; the handler may take a block, and then it stays. */
void state_tags_to_go(void)
{
    state_hole();
    call_add_tagged();
    now.spare = TAGS_MAY_SERVE;
}

void call_retire(void)
{
    now.result = hak_region_retire(spare_start) == HAK_OK ? &now : NULL;
    if (hak_malloc_in(SPARE_TAGS, SMALL) != NULL)
        complain("a region that is retired serves");
}

static bool some_live_apart(void)
{
    for (unsigned i = 0; i < now.blocks_used; i++)
        if ((uintptr_t)now.blocks[i].start - (uintptr_t)spare_start < SPARE_BYTES)
            return true;
    return false;
}

/* Gone if and only if nothing is live there. */
void call_remove(void)
{
    hak_status status = hak_region_remove(spare_start);
    bool live = some_live_apart();
    now.result = (status == HAK_OK && !live) || (status == HAK_ERR_LIVE && live) ? &now : NULL;
}

void state_tags_live(void)
{
    int blocks[4];
    four(blocks);
}
void call_remove_live(void)
{
    now.result = hak_region_remove(spare_start) == HAK_ERR_LIVE ? &now : NULL;
}

void call_region_stats(void)
{
    hak_region_stats s = {0};
    unsigned count = 0;
    bool sane = true;
    for (; hak_region_stats_get(count, &s) == HAK_OK; count++)
        sane &= s.tags == 0 ? s.live_bytes + s.free_bytes <= s.bytes
                            : s.metadata_bytes + s.live_bytes + s.free_bytes == s.bytes;
    now.result = sane && count == 3 ? &now : NULL;
}
