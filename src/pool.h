/* SPDX-License-Identifier: MIT */
/*
 * The pools: each core has, for each size class, one slot with its current
 * page. Its own malloc and free there are plain loads and stores with
 * interrupts masked. All other pages belong to nobody: a free is one atomic
 * operation, and any core may adopt them.
 */
#ifndef HAK_POOL_H
#define HAK_POOL_H

#include "cache.h"
#include "page.h"

/*
 * A core's current page of one class. `free` and the counters are written by
 * the core alone and read by all.
 * Equation: blocks that the core's own frees brought back
 *           = mallocs + popcount(free) - taken.
 */
typedef struct hak_slot {
    hak_atomic free; /* blocks to hand out */
    MARKS_IN_SLOT
    uintptr_t base;      /* address of block 0 */
    uint32_t used_bytes; /* blocks x stride of the page; 0: there is no page */
    uint32_t reciprocal; /* this and the next are the class's */
    union {
        struct {
            uint16_t stride;
            uint16_t page_mask; /* bytes of a page - 1 */
        };
        uint32_t stride_and_mask; /* both in one load */
    };
    hak_page page;
    hak_atomic *freed;       /* the page's blocks freed from outside */
    hak_word trigger;        /* `free` of an empty page; 0 once that is known (retained) */
    hak_atomic mallocs;      /* blocks handed out */
    hak_atomic remote_frees; /* blocks that this core freed in other pages */
} hak_slot;
_Static_assert(sizeof(hak_slot) == MARKS_SLOT_WORDS * sizeof(hak_word),
               "a slot is one cache line, but for words of 32 bits or with tags");

/* What all cores share of one class; run lock. */
typedef struct hak_class_state {
    const hak_page_state *list; /* the head of its list in the first region */
    hak_core_set owners;        /* cores whose slot has a page */
    uint32_t demand;            /* requests that found no page, since the last birth */
    page_origin origin;         /* where the next birth looks */
} hak_class_state;

enum { RETAINED_WORDS = CLASSES_MOST / WORD_BITS };

typedef struct hak_pools {
    /* Read by every malloc and free; constant, but for active[]. */
    uintptr_t active[HAK_CORES]; /* each core's slots, less one; 0 while it is idle */
    MARKS_IN_POOLS
    size_t limit_bytes;     /* larger blocks come from the run layer */
    const uint8_t *kind_of; /* by (size - 1) / granule: 1 + the class */
    hak_maps maps;          /* of the first region */
    hak_cache cache;        /* cache.h */
    hak_slot *slots;        /* [core][class] */
    size_t slot_words;      /* of all slots */
    hak_class *classes;

    hak_class_state *states;
    hak_atomic *taken; /* [core][class]: blocks that came into the slot, other
                          than by the core's own free */
    hak_atomic drains[HAK_CORES];
    unsigned class_count;
    /* run lock */
    bool elsewhere;    /* some core is idle, or there is a second region */
    hak_core_set idle; /* cores that called hak_core_idle() */
    hak_word retained[HAK_CORES][RETAINED_WORDS]; /* classes whose current page
                                                               may be empty */
    size_t retained_count; /* their number in all cores, at most pool_retain() */
    size_t page_granules;  /* in pages */
    size_t births, deaths, adoptions, recalls;
    size_t unlisted;        /* listed pages that went back without an adoption */
    size_t *coreless_frees; /* [class]: by contexts without a core */
} hak_pools;
extern hak_pools pools;

/* How many empty pages may be kept: all of K but what is the cache's. */
static inline size_t pool_retain(void) { return HAK_RETAIN - pools.cache.seats_most; }

/* What pool_carve takes for each class. */
size_t pool_class_bytes(void);

/* Lay the pools' tables into the first region, before its maps. */
void pool_carve(hak_class_plan plan, hak_carving *range);
/* Once the first region is made. */
void pool_start(const hak_region *first);
/* Small requests, if there are classes, and blocks of the first region are the pools' from
 * now on. */
static inline void pool_open(const hak_region *first, hak_class_plan plan)
{
    pools.maps = first->maps;
    pools.limit_bytes = plan.count != 0 ? plan.limit_bytes : 0;
}

static inline hak_slot *pool_slot(unsigned core, unsigned index)
{
    return &pools.slots[core * pools.class_count + index];
}

/* The slot's page became empty. Interrupts masked, no lock; restores the mask's
 * state. */
void pool_emptied(hak_slot *slot, hak_mask state);

/* The fast path of malloc: a block of the core's current page, of whose free
 * blocks there are some. Interrupts masked. One store commits. */
static inline void *pool_pop(hak_slot *slot, hak_word free)
{
    word_set(&slot->free, free & (free - 1));
    word_set(&slot->mallocs, word_get(&slot->mallocs) + 1);
    return (void *)(slot->base + (uintptr_t)hak_port_ctz(free) * slot->stride);
}

/* Does the block of that number begin so many bytes, less than 2^16, behind the first?
 * What the mask adds to the product lies above. */
static inline bool pool_begins_at(uint32_t stride_and_mask, unsigned block, uint32_t offset)
{
    uint32_t product = block * stride_and_mask;
    __asm__("" : "+r"(product)); /* or GCC takes the stride out first */
    return (uint16_t)product == offset;
}

/* The fast path of free: p lies in the core's current page. 0 if it is no live
 * block of it, else the slot's free blocks from now on. Interrupts masked. One
 * store commits. */
static inline hak_word pool_push(hak_slot *slot, const void *p)
{
    uint32_t offset = (uint32_t)((uintptr_t)p - slot->base);
    unsigned block = hak_port_high(offset, slot->reciprocal);
    hak_word bit = ONE << block;
    hak_word free = word_get(&slot->free);
    if (!pool_begins_at(slot->stride_and_mask, block, offset) ||
        ((free | word_get(slot->freed)) & bit) != 0)
        return 0;
    word_set(&slot->free, free | bit);
    return free | bit;
}

/* Is a page of that state owned, and by which slot? The page may be gone and the
 * word mean something else by now: any number is survived. */
static inline bool pool_is_owned(uint32_t state)
{
    return (state & PAGE_OWNED) != 0 && page_owner(state) < pools.slot_words;
}
static inline hak_slot *pool_owner(uint32_t state)
{
    return (hak_slot *)(void *)((hak_word *)(void *)pools.slots + page_owner(state));
}

/* Of a page whose `freed` was just seen to be so: its blocks that are free, and the
 * other bits of `freed`. First `freed`, then the state, then the owner's `free`: a
 * block on its way from the first to the last is seen in one of them. Without the
 * lock the owner's may be of its next page already.
 * acquire: pairs with the releases in pool_drain, adopt and page_set_state. */
static inline hak_word pool_with_owners(hak_word seen, const hak_page_state *p)
{
    uint32_t state = page_state_at(p);
    if (pool_is_owned(state))
        seen |= atomic_load_explicit(&pool_owner(state)->free, memory_order_acquire);
    return seen;
}
static inline hak_word pool_free_blocks(const hak_atomic *freed, const hak_page_state *p)
{
    return pool_with_owners(atomic_load_explicit((hak_atomic *)freed, memory_order_acquire), p);
}

/* acq_rel: the holder's writes come before the block's reuse; and either the core that
 * leaves the page sees this bit, or this sees that it has left. */
static inline hak_word pool_mark(hak_atomic *freed, hak_word bit)
{
    return hak_port_fetch_or(freed, bit | PAGE_KNOWN, memory_order_acq_rel);
}

typedef enum pool_pushed { PUSH_REFUSED, PUSH_DONE, PUSH_FIRST, PUSH_LAST } pool_pushed;

/*
 * The free of a block in another core's page, or nobody's: one atomic
 * operation.
 *   PUSH_REFUSED   the block seems to be free already; nothing was done
 *   PUSH_FIRST     done, and it is for this free to list the page: pool_list
 *   PUSH_LAST      done, and no block is live: pool_settle, if nobody owns the page
 */
static inline pool_pushed pool_push_shared(hak_atomic *freed, const hak_page_state *p, hak_word bit)
{
    hak_word seen = atomic_load_explicit(freed, memory_order_acquire), before;
    if (__builtin_expect((seen & PAGE_KNOWN) != 0, 1)) {
        if ((pool_with_owners(seen, p) & bit) != 0)
            return PUSH_REFUSED;
        before = pool_mark(freed, bit);
        if (((before ^ PAGE_KNOWN) & (bit | PAGE_KNOWN)) != 0)
            return (before & bit) == 0 ? PUSH_FIRST : PUSH_REFUSED;
    } else { /* no block of it is free, and it has no owner */
        before = pool_mark(freed, bit);
        if ((before & (bit | PAGE_KNOWN)) == 0)
            return PUSH_FIRST;
        if ((before & bit) != 0)
            return PUSH_REFUSED;
    }
    return ~(before | bit) == 0 ? PUSH_LAST : PUSH_DONE;
}

/* Take the blocks that others freed in the core's current page of a class.
 * Interrupts masked, no lock. false: there are none. */
bool pool_drain(hak_slot *slot, unsigned index);

static inline void pool_count_taken(const hak_slot *slot, hak_word blocks)
{
    hak_atomic *taken = &pools.taken[slot - pools.slots];
    word_set(taken, word_get(taken) + blocks);
}

/* The slot has no page any more. Lock held. */
static inline void pool_vacate(hak_slot *slot, unsigned core, hak_class_state *state)
{
    slot->used_bytes = 0;
    slot->base = 0;
    slot->page = PAGE_NONE;
    state->owners &= ~core_bit(core);
}

/* Is the core's current page of the class retained? A bit in a word. */
static inline hak_word *pool_retained(unsigned core, unsigned index)
{
    return &pools.retained[core][RETAINED_WORDS == 1 ? 0 : index / WORD_BITS];
}
static inline hak_word pool_class_bit(unsigned index) { return ONE << index % WORD_BITS; }

static inline void pool_forget_retained(unsigned core, unsigned index)
{
    hak_word bit = pool_class_bit(index), *retained = pool_retained(core, index);
    if ((*retained & bit) != 0) {
        *retained &= ~bit;
        pools.retained_count--;
    }
}

/* A page without a free block is nobody's from now on: its first free will list it.
 * false: some came in, it stays as it is. Lock held. */
STEP bool pool_forget(hak_atomic *freed, hak_word full)
{
    hak_word none = ~full;
    /* relaxed: a free that sees it clear takes the lock before it does anything */
    return hak_port_compare_exchange(freed, &none, none & ~PAGE_KNOWN, memory_order_relaxed,
                                     memory_order_relaxed);
}

/* The page in the slot belongs to nobody from now on: list it, or, if it is
 * empty, retire it. The core is the caller's, or idle. Lock held. */
void pool_disown(unsigned core, unsigned index);

/* Once there is another region: free blocks may be listed there. Lock held. */
void pool_look_elsewhere(void);

/* hak_core_idle() and the end of it. Lock held. */
void pool_wake(unsigned core);
void pool_idle(unsigned core);

/* A free was the first in the page that begins at the unit: list it or, if all its
 * blocks are free by now, give it back. Lock held. */
void pool_list(const hak_maps *maps, uint32_t unit);

/* A free was the last in the page that begins at the unit, if it is still of that
 * kind: give it back, unless a core owns it. If its first free has not listed it yet,
 * leave that to it. Whoever comes second finds the work done, or another page in its
 * place, and does what that one needs. Lock held. */
void pool_settle(const hak_maps *maps, uint32_t unit, unsigned kind);

/* The page of the kind that was listed first; maps NULL: none is. Lock held. */
typedef struct hak_listed {
    const hak_maps *maps;
    uint32_t unit;
} hak_listed;
hak_listed pool_listed(unsigned kind);

/* The same of the first region alone. */
static inline hak_listed pool_listed_there(const hak_class_state *state)
{
    uint32_t unit = state->list->newer;
    return (hak_listed){unit <= pools.maps.heads ? &pools.maps : NULL, unit};
}

/* Give back every page that is empty and out of others' sight: this core's and
 * idle cores'. Each page its own critical section. */
void pool_recall(void);

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

#endif
