/* SPDX-License-Identifier: MIT */
#include "page.h"

bool page_links_hold(const hak_page_list *list, hak_page page)
{
    hak_page next = page_next(page_state(page)), previous = page_previous(page_state(page));
    if (next.id != 0 ? page_previous(page_state(next)).id != page.id : list->last.id != page.id)
        return false;
    return previous.id != 0 ? page_next(page_state(previous)).id == page.id
                            : list->first.id == page.id;
}
