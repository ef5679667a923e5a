/* SPDX-License-Identifier: MIT */
/* Counting per call: see the account in place.h. */
#ifndef HAK_TALLY_H
#define HAK_TALLY_H

#include "pool.h"

typedef uintptr_t hak_tag;

enum {
    TALLY_COUNTS = 1,
    TALLY_FREES_BITS = WORD_BITS == 64 ? 63 - PLACE_ROOM_BITS : 0,
    TALLY_FREES_SHIFT = PLACE_ROOM_BITS % WORD_BITS /* where there are any */
};
#define TALLY_ROOM      (~(hak_word)0 >> (WORD_BITS - PLACE_ROOM_BITS))
#define TALLY_OVERDRAWN (ONE << (PLACE_ROOM_BITS - 1))
#define TALLY_CARRY     (TALLY_FREES_BITS != 0 ? ONE << (WORD_BITS - 1) : 0)

/* Tags in a page can be overwritten by the program: any value is survived. */
static inline hak_place_of_site *tally_place(hak_tag tag)
{
    return &pools.sites[PLACES > UINT8_MAX ? tag : tag & (PLACES - 1)];
}

static inline hak_atomic *tally_peak(hak_place_of_site *place) { return &place[HAK_SITES].address; }

/* Before the first block is handed out. */
void tally_start(void);

/* Interrupts masked: on one core no other context comes in between. relaxed: a
 * sum, which orders nothing. */
static inline hak_word tally_add_to(hak_atomic *word, hak_word change)
{
    if (HAK_CORES == 1 && !HAK_PORT_CORE_MAY_BE_NONE) {
        hak_word sum = word_get(word) + change;
        word_set(word, sum);
        return sum;
    }
    return hak_port_fetch_add(word, change, memory_order_relaxed) + change;
}
static inline hak_word tally_change(hak_place_of_site *place, hak_word change)
{
    return tally_add_to(&place->account, change);
}

/* A free: place_charge of its bytes. */
static inline void tally_give(hak_place_of_site *place, hak_word charge)
{
    tally_change(place, charge);
    if (PLACE_FREES != 0)
        tally_add_to(place->frees, 1);
}
/* Those in the account itself, or all. */
static inline size_t tally_frees(const hak_place_of_site *place)
{
    return word_get(PLACE_FREES != 0 ? place->frees : &place->account) >> TALLY_FREES_SHIFT;
}

static inline hak_word tally_draw(hak_place_of_site *place, size_t size_bytes)
{
    if (HAK_CORES == 1 && !HAK_PORT_CORE_MAY_BE_NONE) {
        hak_word sum = word_get(&place->account) - size_bytes;
        word_set(&place->account, sum);
        return sum;
    }
    return hak_port_fetch_sub(&place->account, size_bytes, memory_order_relaxed) - size_bytes;
}

/* After a malloc: a new peak; and a carry, if there is one. Lock-free. */
void tally_settle(hak_place_of_site *place);

/* On the fast path: true if tally_settle is wanted. */
static inline bool tally_add_fast(hak_place_of_site *place, size_t size_bytes)
{
    return (tally_draw(place, size_bytes) & TALLY_OVERDRAWN) != 0;
}

/* Behind it. */
static inline void tally_add(hak_tag tag, size_t size_bytes)
{
    if ((tally_draw(&pools.sites[tag], size_bytes) & (TALLY_OVERDRAWN | TALLY_CARRY)) != 0)
        tally_settle(&pools.sites[tag]);
}

static inline void tally_sub(hak_tag tag, hak_word charge) { tally_give(tally_place(tag), charge); }

/* The same by a held note, which has the tag at the top and, where words have 64 bits,
 * nothing just below it. */
static inline void tally_sub_noted(hak_word held, size_t size_bytes)
{
    hak_word tag = WORD_BITS == 64 ? held : held & NOTE_TAG;
    char *place = (char *)pools.sites + (tag >> (NOTE_TAG_SHIFT - PLACE_LOG2));
    tally_give((hak_place_of_site *)(void *)place, place_charge(size_bytes));
}

static inline void tally_resize(hak_tag tag, size_t from, size_t to)
{
    if ((tally_draw(tally_place(tag), to - from) & TALLY_OVERDRAWN) != 0)
        tally_settle(tally_place(tag));
}

static inline void tally_move(hak_tag from, hak_tag to, size_t size_bytes)
{
    tally_change(tally_place(from), size_bytes);
    tally_add(to, size_bytes);
}

/* A call returned NULL. */
void tally_failed(hak_tag tag);

/* live_blocks is filled in already. */
void tally_fill(hak_tag tag, hak_site_info *info);

/* What all sites hold, by their accounts; *changes differs after any malloc or
 * free that is counted. Bounded by HAK_SITES. */
size_t tally_live_bytes(hak_word *changes);

#endif
