/* SPDX-License-Identifier: MIT */
/* Nothing is counted per call: a listing looks at all blocks. */
#ifndef HAK_TALLY_H
#define HAK_TALLY_H

#include "pool.h"

typedef uintptr_t hak_tag;

enum { TALLY_COUNTS = 0 };

static inline bool tally_add_fast(hak_place_of_site *place, size_t size_bytes)
{
    return (void)place, (void)size_bytes, false;
}
static inline void tally_add(hak_tag tag, size_t size_bytes) { (void)tag, (void)size_bytes; }
static inline void tally_sub(hak_tag tag, hak_word charge) { (void)tag, (void)charge; }
static inline void tally_sub_noted(hak_word held, size_t size_bytes)
{
    (void)held, (void)size_bytes;
}
static inline void tally_resize(hak_tag tag, size_t from, size_t to)
{
    (void)tag, (void)from, (void)to;
}
static inline void tally_move(hak_tag from, hak_tag to, size_t size_bytes)
{
    (void)from, (void)to, (void)size_bytes;
}
static inline void tally_start(void) {}
static inline void tally_failed(hak_tag tag) { (void)tag; }
static inline void tally_fill(hak_tag tag, hak_site_info *info) { (void)tag, (void)info; }
void tally_settle(hak_place_of_site *place); /* not in this build */
size_t tally_live_bytes(hak_word *changes);  /* not in this build */

#endif
