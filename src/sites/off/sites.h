/* SPDX-License-Identifier: MIT */
/* Who holds which block: this build does not know, and pays nothing for it. */
#ifndef HAK_SITES_H
#define HAK_SITES_H

#include "pool.h"

typedef uintptr_t hak_tag;

/* The call site: on the fast path none is needed, behind it it is read. */
#define SITES_EARLY(call_site) (call_site)
#define SITES_LATE(call_site)  ((call_site) != NULL ? (call_site) : HAK_PORT_CALL_SITE())

#define SITES_DETOUR(size, site, tag, place, known) heap_malloc_big(size, site, tag, place)

static inline hak_tag sites_guess(const void *site) { return (void)site, 0; }
typedef void hak_place_of_site;
static inline hak_place_of_site *sites_place(hak_tag tag) { return (void)tag, NULL; }
static inline bool sites_knows(const hak_place_of_site *place, const void *site)
{
    return (void)place, (void)site, true;
}
static inline hak_tag sites_find(const void *site) { return (void)site, 0; }
static inline uint8_t *sites_tags(const hak_slot *slot) { return (void)slot, NULL; }
static inline bool sites_popped(uint8_t *tags, hak_word free, hak_tag tag, hak_place_of_site *place,
                                size_t stride)
{
    return (void)tags, (void)free, (void)tag, (void)place, (void)stride, false;
}
/* Not in this build. */
void *sites_settle(void *block, hak_place_of_site *place, hak_mask state);
static inline void sites_handed_out(const void *block, const void *site)
{
    (void)block, (void)site;
}
static inline void sites_given_in(const hak_region *r, const void *block, const void *site)
{
    (void)r, (void)block, (void)site;
}
static inline void sites_failed(const void *site) { (void)site; }
static inline hak_word sites_charge(const hak_slot *slot) { return (void)slot, 0; }
static inline void sites_pushed(const hak_slot *slot, const uint8_t *tags, const void *p)
{
    (void)slot, (void)tags, (void)p;
}
static inline hak_tag sites_page_tag(const hak_maps *maps, uintptr_t unit, unsigned kind,
                                     unsigned block, size_t stride)
{
    return (void)maps, (void)unit, (void)kind, (void)block, (void)stride, 0;
}
static inline hak_tag sites_spot_tag(hak_spot spot) { return (void)spot, 0; }
static inline hak_tag sites_run_tag(const hak_region *r, const void *p)
{
    return (void)r, (void)p, 0;
}
static inline void sites_freed(hak_tag tag, hak_word charge) { (void)tag, (void)charge; }
static inline void sites_run_freed(const hak_region *r, const void *p, hak_tag tag, size_t granules)
{
    (void)r, (void)p, (void)tag, (void)granules;
}
static inline void sites_resized(const hak_region *r, const void *p, size_t from, size_t to)
{
    (void)r, (void)p, (void)from, (void)to;
}
/* The reuse cache: it knows a site by some bits of its address. */
#define SITES_CACHE_TAG(tag, site)                                                                 \
    ((void)(tag), (site) != NULL ? note_tag(site) : note_tag_from(HAK_PORT_CALL_TAG()))
static inline void *sites_hit(void *block, hak_place_of_site *place, size_t less_1, hak_mask state)
{
    (void)place, (void)less_1;
    hak_port_unmask(state);
    return block;
}
static inline void sites_reused(hak_word key, size_t size_bytes) { (void)key, (void)size_bytes; }
static inline void sites_cached(hak_word held, size_t size_bytes) { (void)held, (void)size_bytes; }
static inline void sites_run_gone(const hak_region *r, const void *p) { (void)r, (void)p; }
static inline void sites_start(void) {}
static inline const char *sites_check(void) { return NULL; }

#endif
