/* SPDX-License-Identifier: MIT */
#include "tally.h"

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
    } while (!atomic_compare_exchange_weak_explicit(&place->account, &account, account + missing,
                                                    memory_order_relaxed, memory_order_relaxed));
    atomic_fetch_add_explicit(&place->peak, missing, memory_order_relaxed);
}

void tally_settle(hak_place_of_site *place)
{
    hak_word account = word_get(&place->account);
    if ((account & TALLY_OVERDRAWN) != 0)
        new_peak(place);
    if ((account & TALLY_CARRY) == 0)
        return;
    account = atomic_fetch_and_explicit(&place->account, ~TALLY_CARRY, memory_order_relaxed);
    if ((account & TALLY_CARRY) != 0)
        atomic_fetch_add_explicit(&place->carries, 1, memory_order_relaxed);
}

void tally_fill(hak_tag tag, hak_site_info *info)
{
    const hak_place_of_site *place = &pools.sites[tag];
    size_t carries = atomic_load_explicit(&place->carries, memory_order_relaxed);
    size_t frees = word_get(&place->account) >> TALLY_ROOM_BITS;
    info->peak_bytes = word_get(&place->peak);
    info->mallocs = (carries << TALLY_FREES_BITS) + frees + info->live_blocks;
    info->failures = atomic_load_explicit(&place->failures, memory_order_relaxed);
}

size_t tally_live_bytes(hak_word *changes)
{
    size_t live = 0;
    *changes = 0;
    for (hak_tag tag = 0; tag < HAK_SITES; tag++) {
        hak_word account = word_get(&pools.sites[tag].account);
        live += word_get(&pools.sites[tag].peak) - (account & TALLY_ROOM);
        *changes += account;
    }
    return live;
}
