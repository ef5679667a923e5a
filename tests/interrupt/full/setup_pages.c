/* SPDX-License-Identifier: MIT */
/* States of the pools, of several regions and cores. */
#include "setup.h"
#include "heap.h"

enum { TRIES = 400 };

static unsigned small_kind(void) { return pools.kind_of[(SMALL - 1) >> GRANULE_SHIFT]; }

static const hak_slot *slot_of(unsigned core) { return pool_slot(core, small_kind() - 1); }

int setup_free_blocks(void)
{
    const hak_slot *slot = slot_of(0);
    return slot->used_bytes == 0 ? -1 : (int)hak_port_popcount(word_get(&slot->free));
}

/* Blocks until one comes from a page of the core's. The number of that one. */
static int until_page(unsigned core)
{
    int blocks[TRIES];
    unsigned count = 0;
    while (count < TRIES) {
        blocks[count++] = setup_hold(SMALL);
        if (slot_of(core)->used_bytes != 0)
            break;
    }
    int last = blocks[--count];
    if (region_kind_at(&run_region_of(now.blocks[last].start)->maps, now.blocks[last].start) == 0)
        complain("the state cannot be built: no page comes");
    while (count > 0)
        setup_free(blocks[--count]);
    return last;
}

void setup_new_page(setup_page *page)
{
    page->blocks[0] = until_page(0);
    page->count = 1;
}

void setup_use(setup_page *page, int but)
{
    while (setup_free_blocks() > but)
        page->blocks[page->count++] = setup_hold(SMALL);
}

void setup_keep(setup_page *page, unsigned count)
{
    while (page->count > count)
        setup_free(page->blocks[--page->count]);
}

void setup_vacate(void)
{
    setup_hold(SMALL);
    if (setup_free_blocks() >= 0)
        complain("the state cannot be built: the page was not left");
}

void setup_left_page(setup_page *page)
{
    setup_new_page(page);
    setup_use(page, 0);
    setup_vacate();
}

void setup_demand(void)
{
    unsigned index = small_kind() - 1;
    while (pools.states[index].demand + 1u < pools.classes[index].patience)
        setup_hold(SMALL);
}

void setup_retained(void)
{
    for (unsigned i = 0; i < pools.class_count && pools.retained_count < pool_retain(); i++) {
        size_t bytes = pools.classes[i].stride;
        if (i == small_kind() - 1)
            continue;
        for (unsigned tries = 0; pool_slot(0, i)->used_bytes == 0 && tries < TRIES; tries++)
            hak_free(hak_malloc(bytes));
        if (pool_slot(0, i)->used_bytes != 0)
            hak_free(hak_malloc(bytes));
    }
    if (pools.retained_count != pool_retain())
        complain("the state cannot be built: fewer pages are retained than K");
}

void setup_use_first_region(void)
{
    size_t bytes = setup_largest_free() / 2;
    while (bytes >= size_of.large) {
        int number = setup_hold(bytes);
        if (complaint != NULL)
            return;
        if (run_region_of(now.blocks[number].start) != &run.first) {
            setup_free(number);
            bytes =
                bytes / 2 >= size_of.large || bytes == size_of.large ? bytes / 2 : size_of.large;
        }
    }
}

typedef struct errand {
    const setup_page *page;
    unsigned count;
    int block;
} errand;

static void free_there(unsigned core, void *context)
{
    const errand *e = context;
    for (unsigned i = 0; core == 1 && i < e->count; i++)
        setup_free(e->page->blocks[i]);
}

void setup_free_elsewhere(const setup_page *page, unsigned count)
{
    errand e = {page, count, BOOK_NONE};
    kit_parallel(2, free_there, &e);
}

static void page_there(unsigned core, void *context)
{
    if (core == 1)
        ((errand *)context)->block = until_page(1);
}

int setup_page_elsewhere(void)
{
    errand e = {NULL, 0, BOOK_NONE};
    kit_parallel(2, page_there, &e);
    return e.block;
}

static void idle_there(unsigned core, void *context)
{
    (void)context;
    if (core == 1)
        hak_core_idle();
}

void setup_idle_elsewhere(void) { kit_parallel(2, idle_there, NULL); }
