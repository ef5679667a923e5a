/* SPDX-License-Identifier: MIT */
#include "page.h"

void page_lists_make(const hak_maps *maps, unsigned classes)
{
    for (unsigned kind = 1; maps->heads != 0 && kind <= classes; kind++) {
        uint32_t head = page_head(maps, kind);
        hak_page_state *page = page_record(maps->units, (int32_t)head);
        page->state = page_code(head);
        page->newer = head;
    }
}

bool page_links_hold(const hak_region *r, uint32_t unit, unsigned classes)
{
    const hak_unit *units = r->maps.units;
    const hak_page_state *page = page_record(units, (int32_t)unit);
    uint32_t older = page->state >> 1, newer = page->newer;
    uint32_t behind = page_head(&r->maps, classes) + 1;
    return older < behind && newer < behind && page_record(units, (int32_t)older)->newer == unit &&
           page_record(units, (int32_t)newer)->state == page_code(unit);
}
