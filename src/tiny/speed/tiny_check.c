/* SPDX-License-Identifier: MIT */
#include "tiny_check_sum.h"
#include "tiny_cursor.h"

static bool links_hold(uintptr_t p, granule length)
{
    const tiny_link *link = tiny_links(p);
    if (p == tiny.top)
        return true;
    if (link->next != 0 &&
        (!tiny_is_free_at(link->next) || (tiny_links(link->next)->previous != p &&
                                          !tiny_follows(link->next, p, tiny_bin_of(length)))))
        return false;
    if (tiny_row_of(p)->head[tiny_bin_of(length)] == p)
        return true;
    return tiny_is_free_at(link->previous) && tiny_links(link->previous)->next == p;
}

static complaint check_item(tiny_item item)
{
    uintptr_t p = tiny_place(item.start), behind = tiny_behind(p, item.length);
    hak_word next = tiny_says(behind);
    bool free = item.kind == TINY_FREE_EXTENT;
    if (((next & TINY_AFTER_FREE) != 0) != free)
        return "a header says whether the extent before it is free";
    if (!free)
        return NULL;
    if (*tiny_last_word(behind) != item.length)
        return "an extent is as long from either end";
    if ((next & TINY_BLOCK) == 0)
        return "two free extents never touch";
    return links_hold(p, item.length) ? NULL : "a free extent is linked in its bin";
}

static complaint check_list(tiny_row *row, unsigned bin)
{
    uintptr_t p = row->head[bin];
    if ((row->lists >> bin & 1) != (p != 0))
        return "a bin's bit says whether it has a list";
    if (p == 0)
        return NULL;
    bool belongs = tiny_is_free_at(p) && tiny_row_of(p) == row &&
                   tiny_bin_of(tiny_length_of(tiny_says(p))) == bin;
    return belongs ? NULL : "a list begins with a free extent of its bin";
}

/* Each extent. *adds_up: the free ones do, or interrupts took or gave meanwhile. */
static complaint check_extents(bool *adds_up)
{
    complaint broken = NULL;
    size_t sum = 0, free = tiny_free_granules();
    bool quiet = true;
    uintptr_t last = 0; /* an extent: if its header is the same, it still ends here */
    hak_word last_header = 0;
    for (granule g = tiny_first(tiny.end); g < tiny.end && broken == NULL;) {
        hak_mask state = hak_port_mask();
        tiny_item item = tiny_look_at(g);
        quiet = quiet && tiny_free_granules() == free;
        if (item.kind != TINY_NOTHING)
            broken = check_item(item);
        else if (g == tiny_first(tiny.end) || (last != 0 && *tiny_header(last) == last_header))
            broken = "where an extent ends, another begins";
        last = item.kind != TINY_NOTHING ? tiny_place(g) : 0;
        last_header = *tiny_header(tiny_place(g));
        hak_port_unmask(state);
        if (item.kind == TINY_FREE_EXTENT)
            sum += item.length;
        g += item.length;
    }
    *adds_up = sum == free || !quiet || tiny_free_granules() != free;
    return broken;
}

const char *hak_check(void)
{
    complaint broken = NULL;
    if (tiny.end == 0)
        return NULL;
    for (unsigned row = 0; row < TINY_ZONES && broken == NULL; row++)
        for (unsigned bin = TINY_LEAST; bin < TINY_NO_BIN && broken == NULL; bin++) {
            hak_mask state = hak_port_mask();
            if (tiny.rows[row].lists != ONE << TINY_NO_BIN) /* behind the last zone */
                broken = check_list(&tiny.rows[row], bin);
            hak_port_unmask(state);
        }
    return broken != NULL ? broken : check_sum();
}
