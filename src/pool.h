/* SPDX-License-Identifier: MIT */
/*
 * The pools: each core has, for each size class, one slot with its current
 * page. Its own malloc and free there are plain loads and stores with
 * interrupts masked. All other pages belong to nobody: a free is one atomic
 * operation, and any core may adopt them.
 */
#ifndef HAK_POOL_H
#define HAK_POOL_H

#include "page.h"

/*
 * A core's current page of one class. used_bytes 0: it has none.
 * `free`, `mallocs` and `taken` are written by the core alone and read by all.
 * Equation: blocks that the core's own frees brought back
 *           = mallocs + popcount(free) - taken.
 */
typedef struct hak_slot {
    hak_atomic free;     /* blocks to hand out */
    uintptr_t base;      /* address of block 0 */
    uint32_t used_bytes; /* blocks x stride of the page */
    uint32_t stride;
    uint32_t reciprocal;
    hak_page page;
    hak_atomic *freed;   /* the page's blocks freed from outside */
    hak_word trigger;    /* when `free` becomes this, the page is empty: tell pool_emptied */
    hak_atomic mallocs;  /* blocks handed out */
    hak_atomic taken;    /* blocks that came in, other than by the core's own free */
} hak_slot;
_Static_assert(sizeof(hak_slot) == 64 || WORD_BITS == 32, "a slot is one cache line");

/* What all cores share of one class; run lock. */
typedef struct hak_class_state {
    hak_page_list listed; /* pages to adopt */
    uint64_t owners;      /* cores whose slot has a page */
    uint32_t demand;      /* requests that found no page, since the last birth */
} hak_class_state;

/* What one core counts by itself. */
typedef struct hak_core_counts {
    size_t drains, adoptions, births, recalls;
} hak_core_counts;

typedef struct hak_pools {
    /* Read by every malloc and free; constant, but for active[]. */
    size_t limit_bytes;          /* larger blocks come from the run layer */
    const uint8_t *class_of;     /* by (size - 1) / granule */
    uintptr_t base;              /* of the first region, and its kinds */
    size_t span;
    _Atomic(uint8_t) *kinds;
    hak_slot *active[HAK_CORES]; /* each core's slots; NULL while it is idle */

    hak_class *classes;
    hak_class_state *states;
    hak_slot *slots;             /* [core][class] */
    hak_atomic *remote_frees;    /* [core][class]: into pages that are not its own; the
                                    last row is for contexts without a core; run lock */
    hak_core_counts counts[HAK_CORES];
    unsigned class_count;
    /* run lock */
    uint64_t idle;               /* cores that called hak_core_idle() */
    uint64_t retained[HAK_CORES]; /* classes whose current page may be empty */
    size_t retained_count;       /* their number in all cores, at most HAK_RETAIN */
    size_t page_granules;        /* in pages */
    size_t deaths;
} hak_pools;
extern hak_pools pools;

/* What pool_carve takes for each class. */
size_t pool_class_bytes(void);

/* Lay the pools' tables into the first region, before its maps. */
void pool_carve(hak_class_plan plan, hak_carving *range);
/* Once the first region is made. */
void pool_start(const hak_region *first);

static inline hak_slot *pool_slot(unsigned core, unsigned index)
{
    return &pools.slots[core * pools.class_count + index];
}

/* The slot's page became empty. Interrupts masked, no lock. */
void pool_emptied(hak_slot *slot);

/* The fast path of malloc: a block of the core's current page, NULL if that has
 * none. Interrupts masked. One store commits. */
static inline void *pool_pop(hak_slot *slot)
{
    hak_word free = word_get(&slot->free);
    if (free == 0)
        return NULL;
    word_set(&slot->free, free & (free - 1));
    word_set(&slot->mallocs, word_get(&slot->mallocs) + 1);
    return (void *)(slot->base + (uintptr_t)hak_port_ctz(free) * slot->stride);
}

/* The fast path of free: true if p is a live block of the core's current page;
 * then it is free now. Interrupts masked. One store commits. */
static inline bool pool_push(hak_slot *slot, const void *p)
{
    uintptr_t offset = (uintptr_t)p - slot->base;
    if (offset >= slot->used_bytes)
        return false;
    unsigned block = (unsigned)((uint64_t)offset * slot->reciprocal >> 32);
    hak_word bit = ONE << block;
    hak_word free = word_get(&slot->free);
    if (block * slot->stride != offset || ((free | word_get(slot->freed)) & bit) != 0)
        return false;
    word_set(&slot->free, free | bit);
    if ((free | bit) == slot->trigger)
        pool_emptied(slot);
    return true;
}

/* Take the blocks that others freed in the core's current page. Interrupts
 * masked, no lock. false: there are none. */
bool pool_drain(hak_slot *slot);

/* Find the core a page of the class that has free blocks: its own, a listed
 * one, an idle core's, a new one. Lock held. false: the run layer must serve. */
bool pool_refill(unsigned core, unsigned index);

/* The core's slots after hak_core_idle(). Lock held. */
void pool_wake(unsigned core);
void pool_idle(unsigned core);

/* A page that belongs to nobody has its first free block, or its last. Lock held. */
void pool_settle(hak_page page, unsigned index);

/* Give back every page that is empty and out of others' sight: this core's and
 * idle cores'. Each page its own critical section. core may be no core. */
void pool_recall(unsigned core);

/* Where a pointer lies in a page. */
typedef struct hak_spot {
    hak_page page;
    unsigned index; /* the class */
    hak_word bit;   /* the block */
} hak_spot;

/* Find the block that begins at p, in a unit of the region that belongs to a
 * page of class `index`. FAULT_NONE, or MISALIGNED, INTERIOR or NOT_A_BLOCK. */
hak_fault pool_find(hak_region *r, unsigned index, const void *p, hak_spot *spot);

/* Is the page that the spot was found in still there? Exact with the lock held. */
bool pool_stands(hak_spot spot);

/* Is that block free? Takes the lock only if it seems so. */
bool pool_is_free(hak_spot spot);

/* Free a block of a page that is not the core's own. FAULT_NONE or DOUBLE_FREE.
 * Takes the lock only for the first free block of a page and the last. */
hak_fault pool_free_remote(hak_spot spot);

/* Count such a free. Interrupts masked; without a core (core == HAK_CORES),
 * lock held. */
static inline void pool_count_remote(unsigned core, unsigned index)
{
    hak_atomic *count = &pools.remote_frees[core * pools.class_count + index];
    word_set(count, word_get(count) + 1);
}

#endif
