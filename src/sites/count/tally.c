/* SPDX-License-Identifier: MIT */
#include "tally.h"

/* What else is counted of a site. */
static struct {
    _Atomic(uint32_t) carries;
    _Atomic(uint32_t) failures; /* calls that returned NULL */
} events[HAK_SITES];

void tally_start(void) { hak_port_zero(events, sizeof events); }

void tally_failed(hak_tag tag)
{
    hak_port_fetch_add_32(&events[tag].failures, 1, memory_order_relaxed);
}

/* How much the account is overdrawn by; 0: it is not (any more). */
static inline hak_word overdraft(hak_word account)
{
    return (account & TALLY_OVERDRAWN) != 0 ? -account & TALLY_ROOM : 0;
}

static void new_peak(hak_place_of_site *place)
{
    hak_word account = word_get(&place->account), missing;
    do {
        missing = overdraft(account);
        if (missing == 0)
            return; /* someone else saw it, or freed */
    } while (!hak_port_compare_exchange(&place->account, &account, account + missing,
                                        memory_order_relaxed, memory_order_relaxed));
    hak_port_fetch_add(tally_peak(place), missing, memory_order_relaxed);
}

void tally_settle(hak_place_of_site *place)
{
    hak_word account = word_get(&place->account);
    if ((account & TALLY_OVERDRAWN) != 0)
        new_peak(place);
    if ((account & TALLY_CARRY) == 0)
        return;
    account = hak_port_fetch_and(&place->account, ~TALLY_CARRY, memory_order_relaxed);
    if ((account & TALLY_CARRY) != 0)
        hak_port_fetch_add_32(&events[place - pools.sites].carries, 1, memory_order_relaxed);
}

void tally_fill(hak_tag tag, hak_site_info *info)
{
    hak_place_of_site *place = &pools.sites[tag];
    tally_settle(place);
    size_t carries = atomic_load_explicit(&events[tag].carries, memory_order_relaxed);
    size_t frees = tally_frees(place);
    info->peak_bytes = word_get(tally_peak(place));
    info->mallocs = (carries << TALLY_FREES_BITS) + frees + info->live_blocks;
    info->failures = atomic_load_explicit(&events[tag].failures, memory_order_relaxed);
}

size_t tally_live_bytes(hak_word *changes)
{
    size_t live = 0;
    *changes = 0;
    for (hak_tag tag = 0; tag < HAK_SITES; tag++) {
        hak_place_of_site *place = &pools.sites[tag];
        hak_word account = word_get(&place->account);
        hak_word astray = word_get(&place[HAK_SITES].account);
        live += word_get(tally_peak(place)) - (account & TALLY_ROOM) - (astray & TALLY_ROOM);
        *changes += account + astray;
        if (PLACE_FREES != 0)
            *changes += tally_frees(place) + tally_frees(&place[HAK_SITES]);
    }
    return live;
}
