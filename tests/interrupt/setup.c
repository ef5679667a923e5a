/* SPDX-License-Identifier: MIT */
/* States that any build can be in. */
#include "setup.h"
#include "inside.h"

int setup_hold(size_t bytes)
{
    void *p = hak_malloc(bytes);
    if (p != NULL)
        return book_add(p, bytes);
    complain("the state cannot be built: a malloc failed");
    return BOOK_NONE;
}

int setup_hold_cached(void)
{
    void *p = hak_malloc_at(size_of.cached, big_site);
    if (p != NULL)
        return book_add(p, size_of.cached);
    complain("the state cannot be built: a malloc failed");
    return BOOK_NONE;
}

void setup_free(int number) { hak_free(book_take(number).start); }

void setup_hand(void)
{
    setup_hold(size_of.large);
    now.in_run = setup_hold(size_of.large);
    now.bad = now.blocks[now.in_run].start + 1;
    setup_hold(size_of.large);
    if (size_of.cached != 0)
        now.noted = setup_hold_cached();
}

void setup_subject(int number) { now.subject_number = number; }

size_t setup_largest_free(void)
{
    hak_stats s;
    hak_stats_get(&s);
    return s.largest_free_bytes;
}

/* Blocks of the run layer, also where the pools have a class: by an alignment of two
 * granules. An extent of one granule more holds that wherever it lies. */
static void hold_in_run(size_t bytes)
{
    if (bytes > inside_pool_bytes()) {
        setup_hold(bytes);
        return;
    }
    void *p = hak_aligned_alloc(2 * GRANULE_BYTES, bytes - GRANULE_BYTES);
    if (p != NULL)
        book_add(p, bytes - GRANULE_BYTES);
}

void setup_fill(size_t largest)
{
    size_t bytes = setup_largest_free() / 2;
    now.full = true;
    for (size_t free; (free = setup_largest_free()) > largest && complaint == NULL;) {
        while (bytes > free)
            bytes = bytes / 2 > inside_pool_bytes() ? bytes / 2 : free;
        hold_in_run(bytes);
    }
}
