/* SPDX-License-Identifier: MIT */
/* What an interrupt handler does to the heap of the call that it interrupts. */
#include "inside.h"

enum { DRY = 40 };

static void keep(void *block, size_t bytes)
{
    if (block != NULL)
        book_add(block, bytes);
    else if (!now.full)
        complain("a handler's malloc failed");
}

static void give(int *number)
{
    if (*number == BOOK_NONE)
        return;
    hak_free(book_take(*number).start);
    *number = BOOK_NONE;
}

static void act_malloc(void)
{
    keep(hak_malloc(SMALL), SMALL);
    keep(hak_malloc(SMALL), SMALL);
}

/* Perhaps the last one of the page that the interrupted core works on. */
static void act_free(void) { give(&now.in_page); }

static void act_free_other(void) { give(&now.in_other_page); }

static void act_pair(void)
{
    void *p = hak_malloc(SMALL);
    give(&now.in_page);
    if (p != NULL)
        hak_free(p);
    give(&now.in_other_page);
}

/* The page is exhausted and left, and another one comes in its place. */
static void act_dry(void)
{
    for (unsigned i = 0; i < DRY; i++)
        keep(hak_calloc(1, SMALL), SMALL);
}

static void act_run(void)
{
    keep(hak_malloc(size_of.large), size_of.large);
    give(&now.in_run);
    keep(hak_aligned_alloc(256, size_of.large), size_of.large);
}

static void act_resize(void)
{
    if (now.in_run == BOOK_NONE)
        return;
    book_block b = book_take(now.in_run);
    size_t bytes = b.bytes * 3 / 2;
    unsigned char *moved = hak_realloc(b.start, bytes);
    if (moved == NULL)
        bytes = b.bytes;
    book_block is = {moved != NULL ? moved : b.start, b.bytes, b.seed};
    if (!book_holds(is, b.bytes))
        complain("a handler's realloc lost the contents");
    now.in_run = BOOK_NONE;
    keep(is.start, bytes);
}

/* A hit if the cache has one, and a put. */
static void act_cache(void)
{
    if (size_of.cached == 0)
        return;
    keep(hak_malloc_at(size_of.cached, big_site), size_of.cached);
    give(&now.noted);
}

/* More than there is: all that is retained is recalled. */
static void act_recall(void)
{
    if (hak_malloc((size_t)1 << 30) != NULL)
        complain("a malloc of 1 GiB succeeded");
}

/* In memory with tags. */
static void keep_apart(void *block, size_t bytes)
{
    if (block != NULL)
        book_add(block, bytes);
    else if (now.spare == TAGS_SERVE)
        complain("a handler's malloc from memory with tags failed");
}

static void act_tagged(void)
{
    if (now.spare == NO_TAGS)
        return;
    keep_apart(inside_malloc_apart(0, size_of.large), size_of.large);
    give(&now.in_spare);
    keep_apart(inside_malloc_apart(64, SMALL), SMALL);
}

/* A pointer that is no block's. */
static void act_misuse(void)
{
    if (now.bad == NULL)
        return;
    now.misused++;
    hak_free(now.bad);
}

static void act_idle(void) { hak_core_idle(); }

const action actions[] = {
    {"malloc", act_malloc}, {"free", act_free},   {"free_other", act_free_other},
    {"pair", act_pair},     {"dry", act_dry},     {"run", act_run},
    {"resize", act_resize}, {"cache", act_cache}, {"recall", act_recall},
    {"misuse", act_misuse}, {"idle", act_idle},   {"tagged", act_tagged},
};
const unsigned action_count = sizeof actions / sizeof actions[0];
