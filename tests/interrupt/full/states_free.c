/* SPDX-License-Identifier: MIT */
/* States for the calls that are given a block: `subject`. */
#include "scenes.h"
#include "heap.h"

/* Three blocks of the core's page: the subject, the handler's, another. */
void state_free_local(void)
{
    setup_page page;
    setup_hand();
    setup_new_page(&page);
    setup_use(&page, 0);
    setup_keep(&page, 3);
    setup_subject(page.blocks[0]);
    now.in_page = page.blocks[1];
}

void state_page_stays(void)
{
    state_free_local();
    now.bytes = SMALL - 8;
}

void state_page_moves(void)
{
    state_free_local();
    now.bytes = SMALL * 2;
}

void state_page_to_run(void)
{
    state_free_local();
    now.bytes = size_of.large;
}

/* The last two of the page are the subject and the handler's. */
void state_free_last_but_one(void)
{
    setup_page page;
    setup_hand();
    setup_new_page(&page);
    setup_use(&page, 0);
    setup_keep(&page, 2);
    setup_subject(page.blocks[0]);
    now.in_page = page.blocks[1];
}

void state_free_last(void)
{
    setup_page page;
    setup_hand();
    setup_new_page(&page);
    setup_subject(page.blocks[0]);
}

/* As many empty pages as may be retained: this one goes back. */
void state_free_death(void)
{
    setup_retained();
    state_free_last();
}

/* The core was idle: by the lock, into its own page. */
void state_free_idle(void)
{
    state_free_last_but_one();
    hak_core_idle();
}

/* The first free block of nobody's page. */
void state_left_first(void)
{
    setup_page left;
    setup_hand();
    setup_left_page(&left);
    setup_subject(left.blocks[0]);
    now.in_other_page = left.blocks[1];
}

void state_left(void)
{
    setup_page left;
    setup_hand();
    setup_left_page(&left);
    setup_keep(&left, 3);
    setup_subject(left.blocks[0]);
    now.in_other_page = left.blocks[1];
}

/* The last two of nobody's page are the subject and the handler's. */
void state_left_last(void)
{
    setup_page left;
    setup_hand();
    setup_left_page(&left);
    setup_keep(&left, 2);
    setup_subject(left.blocks[0]);
    now.in_other_page = left.blocks[1];
}

void state_left_dies(void)
{
    setup_page left;
    setup_hand();
    setup_left_page(&left);
    setup_keep(&left, 1);
    setup_subject(left.blocks[0]);
}

/* Core 1's current page has one block, and takes one from here. */
void state_owned(void)
{
    setup_hand();
    setup_hold(SMALL);
    setup_subject(setup_page_elsewhere());
    now.in_other_page = setup_page_elsewhere();
}

void state_owned_last(void)
{
    setup_hand();
    setup_subject(setup_page_elsewhere());
}

void state_owner_idle(void)
{
    state_owned();
    setup_idle_elsewhere();
}

/* The core's page, with two blocks, lies in the second region. */
void state_later_page(void)
{
    setup_page page;
    setup_hand();
    setup_use_first_region();
    setup_new_page(&page);
    setup_use(&page, 0);
    setup_keep(&page, 2);
    setup_subject(page.blocks[0]);
    now.in_page = page.blocks[1];
    if (run_region_of(now.blocks[page.blocks[0]].start) == &run.first)
        complain("the state cannot be built: the page lies in the first region");
}

void state_later_run(void)
{
    setup_hand();
    setup_use_first_region();
    setup_subject(setup_hold(size_of.large));
    now.in_run = setup_hold(size_of.large);
}

/* The site's entry is there and empty. */
void state_put(void)
{
    setup_hand();
    setup_free(setup_hold_cached());
    setup_subject(setup_hold_cached());
}

/* The first free that wants one. */
void state_seat(void)
{
    setup_hand();
    setup_subject(setup_hold_cached());
}

/* The entry has a block of another size. */
void state_evicts(void)
{
    setup_hand();
    void *longer = hak_malloc_at(size_of.cached + 400, big_site);
    int number = book_add(longer, size_of.cached + 400);
    int mine = setup_hold_cached();
    setup_free(number);
    setup_subject(mine);
}

/* No room for new seats: it goes to the run layer. */
void state_noted_full(void)
{
    setup_hand();
    int mine = setup_hold_cached();
    setup_fill(size_of.large);
    setup_subject(mine);
}

void state_noted_shrinks(void)
{
    state_seat();
    now.bytes = size_of.cached - 400;
}

/* To where a hit takes it. */
void state_noted_moves(void)
{
    setup_hand();
    void *longer = hak_malloc_at(size_of.cached + 400, big_site);
    int number = book_add(longer, size_of.cached + 400);
    int mine = setup_hold_cached();
    setup_hold(size_of.large);
    setup_free(number);
    setup_subject(mine);
    now.bytes = size_of.cached + 400;
}

void state_usable_page(void) { state_free_local(); }
void state_usable_noted(void) { state_put(); }

void state_walk_free(void) { state_free_last_but_one(); }
