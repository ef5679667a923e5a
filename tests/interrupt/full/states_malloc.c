/* SPDX-License-Identifier: MIT */
/* States for the calls that hand out a block. */
#include "scenes.h"

/* A page with one block, the handler's, and free ones. */
void state_warm(void)
{
    setup_page page;
    setup_hand();
    setup_new_page(&page);
    now.in_page = page.blocks[0];
    now.bytes = SMALL;
}

void state_last_block(void)
{
    setup_page page;
    setup_hand();
    setup_new_page(&page);
    setup_use(&page, 1);
    now.in_page = page.blocks[3];
    now.bytes = SMALL;
}

/* All used; core 1 freed some. */
void state_drain(void)
{
    setup_page page;
    setup_hand();
    setup_new_page(&page);
    setup_use(&page, 0);
    setup_free_elsewhere(&page, 3);
    now.in_page = page.blocks[5];
    now.bytes = SMALL;
}

/* All used, and no other page. */
void state_leave(void)
{
    setup_page page;
    setup_hand();
    setup_new_page(&page);
    setup_use(&page, 0);
    now.in_page = page.blocks[5];
    now.bytes = SMALL;
}

/* All used; another page, nobody's, has one free block. */
void state_leave_adopt(void)
{
    setup_page left, page;
    setup_hand();
    setup_left_page(&left);
    setup_new_page(&page);
    setup_use(&page, 0);
    setup_free(left.blocks[4]);
    now.in_other_page = left.blocks[7];
    now.in_page = page.blocks[5];
    now.bytes = SMALL;
}

/* No page; nobody's has one free block, which the handler may take first. */
void state_adopt(void)
{
    setup_page left;
    setup_hand();
    setup_left_page(&left);
    setup_free(left.blocks[4]);
    now.in_other_page = left.blocks[7];
    now.bytes = SMALL;
}

/* No page; core 1, which sleeps, has one. */
void state_adopt_idle(void)
{
    setup_hand();
    now.in_other_page = setup_page_elsewhere();
    setup_idle_elsewhere();
    now.bytes = SMALL;
}

/* No page; this request brings one. */
void state_birth(void)
{
    setup_hand();
    setup_demand();
    now.bytes = SMALL;
}

void state_first(void)
{
    setup_hand();
    now.bytes = SMALL;
}

/* The core was idle, and has a page. */
void state_wake(void)
{
    state_warm();
    hak_core_idle();
}

void state_hit(void)
{
    setup_hand();
    setup_free(setup_hold_cached());
    now.bytes = size_of.cached;
}

/* A new block with a note. */
void state_miss(void)
{
    setup_hand();
    now.bytes = size_of.cached;
}

/* Only the second region has room. */
void state_later_malloc(void)
{
    setup_hand();
    setup_use_first_region();
    now.bytes = size_of.large;
}

/* Full, but for the core's own page, which is empty. */
void state_recall_page(void)
{
    setup_page page;
    setup_hand();
    setup_new_page(&page);
    setup_fill(size_of.large / 2);
    setup_keep(&page, 0);
    now.bytes = size_of.large;
}

/* Full, but for a cached block. */
void state_recall_cache(void)
{
    setup_hand();
    setup_free(setup_hold_cached());
    setup_fill(size_of.large / 2);
    now.bytes = size_of.large;
}

/* Full, but for a page of core 1, which sleeps; all of it is free. */
void state_recall_idle(void)
{
    setup_hand();
    int block = setup_page_elsewhere();
    setup_fill(size_of.large / 2);
    setup_idle_elsewhere();
    setup_free(block);
    now.bytes = size_of.large;
}

/* Not even a small block, and the page has none. */
void state_small_none(void)
{
    setup_page page;
    setup_hand();
    setup_new_page(&page);
    setup_use(&page, 0);
    setup_fill(2 * GRANULE_BYTES);
    now.in_page = page.blocks[2];
    now.bytes = SMALL;
}

/* Some of everything. */
void state_many(void)
{
    setup_page left, page;
    setup_hand();
    setup_left_page(&left);
    setup_new_page(&page);
    setup_use(&page, 5);
    setup_free(left.blocks[4]);
    setup_free(setup_hold(3 * size_of.large));
    if (size_of.cached != 0)
        setup_free(setup_hold_cached());
    now.in_page = page.blocks[1];
    now.in_other_page = left.blocks[1];
}
