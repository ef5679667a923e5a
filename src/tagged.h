/* SPDX-License-Identifier: MIT */
/*
 * Regions with tags: memory with a property, which only hak_malloc_in() serves.
 * They are in no table of run.regions, so no other malloc takes from them, and no
 * page of the pools and no block of the reuse cache ever lies there.
 *
 *   MAKING  -> OPEN     its maps are laid; blocks come from it
 *   OPEN    -> RETIRED  no new block
 *   OPEN or RETIRED -> gone, if no block is live
 *
 * Descriptor and maps lie at the start of the region itself, and it can be
 * removed at any time. So the list, and all that it leads to, is looked at with
 * the run lock held, and never longer: who comes back finds the region anew, by
 * its serial number.
 *
 * Equations: blocks = blocks handed out there - freed; granules = what they take;
 * the counters of the whole heap have no part in them.
 */
#ifndef HAK_TAGGED_H
#define HAK_TAGGED_H

#include "run.h"

typedef enum tagged_state { TAGGED_MAKING, TAGGED_OPEN, TAGGED_RETIRED } tagged_state;

/* run.tagged: at most HAK_REGIONS, those with few tags first. Run lock. */
typedef struct hak_tagged {
    hak_region region;
    struct hak_tagged *next;
    uint32_t tags;
    uint32_t serial; /* of this and no other region since hak_init; not 0 */
    tagged_state state;
    size_t blocks, granules; /* live */
} hak_tagged;

/* The region that holds address p, NULL: none. */
static inline hak_tagged *tagged_of(const void *p)
{
    for (hak_tagged *t = run.tagged; t != NULL; t = t->next)
        if (t->state != TAGGED_MAKING && (uintptr_t)p - t->region.maps.base < t->region.maps.span)
            return t;
    return NULL;
}

/* The one with that serial number; NULL: it is gone. */
static inline hak_tagged *tagged_numbered(uint32_t serial)
{
    hak_tagged *t = run.tagged;
    while (t != NULL && t->serial != serial)
        t = t->next;
    return t;
}

/* The next one by serial number, NULL: there is none. */
static inline hak_tagged *tagged_after(uint32_t serial)
{
    hak_tagged *next = NULL;
    for (hak_tagged *t = run.tagged; t != NULL; t = t->next)
        if (t->state != TAGGED_MAKING && t->serial > serial &&
            (next == NULL || t->serial < next->serial))
            next = t;
    return next;
}

/*
 * What the other calls do with a pointer that lies in no region without tags.
 * Weak: only a program that adds a region with tags has them linked. No lock held.
 */
#define TAGGED_OPTIONAL __attribute__((weak))
hak_fault tagged_free(void *p) TAGGED_OPTIONAL;
hak_fault tagged_find(const void *p, hak_place *block) TAGGED_OPTIONAL;
/* Reports what is wrong itself. */
void *tagged_realloc(void *p, size_t size, const void *call_site) TAGGED_OPTIONAL;

#endif
