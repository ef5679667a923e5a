/* SPDX-License-Identifier: MIT */
/*
 * The run layer: contiguous extents of any length in bounded time. It serves
 * large blocks and whole pages, from all regions, under one fair lock.
 * run_lock() also masks interrupts; every function below wants the lock held
 * unless it says otherwise.
 */
#ifndef HAK_RUN_H
#define HAK_RUN_H

#include "bins.h"

typedef struct hak_run {
    hak_lock lock;
    _Atomic(const hak_region_table *) regions; /* release; read with acquire */
    hak_region first;                          /* the region of hak_init */
    hak_region *arrived[HAK_REGIONS];          /* all, by index */
    size_t usable_granules;                    /* in all regions */
    size_t handed_over_bytes;
    size_t taken_granules;           /* in blocks and pages */
    size_t peak_granules;            /* the most that ever were */
    size_t mallocs, frees, failures; /* calls, for stats */
    size_t resizes;                  /* also calls on regions with tags, for check */
    hak_atomic corrupt;              /* address of a bad link still to be reported */
    struct hak_tagged *tagged;       /* the regions with tags: tagged.h */
} hak_run;
extern hak_run run;

/* The holder of the lock, or a core in line for it, has stopped for good. */
static inline bool run_is_stopped(void) { return hak_lock_is_stopped(&run.lock); }

#define RUN_CHECKED __attribute__((warn_unused_result))

/* The ticket's turn has not come, and never will: give it back, and see that the fault hook
 * knows. Puts the mask's state back. */
void run_give_up(hak_mask state) __attribute__((cold));

/* Take the lock, interrupts being masked. false: it is not to be had (any more); the
 * caller undoes what it must, and calls run_give_up(). In line all of it: a call would
 * take registers away from those who get the lock. */
RUN_CHECKED static inline bool run_wait(hak_ticket drawn)
{
    return hak_lock_wait(&run.lock, drawn, HAK_LOCK_TURNS);
}
RUN_CHECKED static inline bool run_try(void)
{
    hak_ticket drawn;
    return hak_lock_draw(&run.lock, &drawn) || run_wait(drawn);
}

/* The same, masked or not. false: run_give_up() was called; what the caller has done stands,
 * what needs the lock is left undone. */
RUN_CHECKED static inline bool run_lock_masked(hak_mask state)
{
    if (__builtin_expect(run_try(), 1))
        return true;
    run_give_up(state);
    return false;
}
RUN_CHECKED static inline bool run_lock(hak_mask *state)
{
    *state = hak_port_mask();
    return run_lock_masked(*state);
}
static inline void run_unlock(hak_mask state)
{
    hak_lock_drop(&run.lock);
    hak_port_unmask(state);
}

/* Account for granules that leave the free extents. */
static inline void run_count_taken(size_t granules)
{
    run.taken_granules += granules;
    if (run.taken_granules > run.peak_granules)
        run.peak_granules = run.taken_granules;
}

/* The links of the free extent at g are overwritten: remember it. */
void run_note_corrupt(const hak_region *r, granule g);

/* Without the lock: all regions (none before hak_init); the one that holds p. */
static inline const hak_region_table *run_regions(void)
{
    return atomic_load_explicit(&run.regions, memory_order_acquire);
}
static inline bool run_is_started(void) { return run_regions()->count != 0; }
static inline hak_region *run_region_of(const void *p)
{
    if ((uintptr_t)p - run.first.first_address < run.first.usable_bytes)
        return &run.first;
    return region_search(run_regions(), (uintptr_t)p);
}

/* An extent in its region; region NULL: there is none. */
typedef struct hak_place {
    hak_region *region;
    hak_extent extent;
} hak_place;

/* A block of so many granules; the same at a multiple of the granule times
 * 2^alignment_log2. NULL: no free extent fits. */
void *run_malloc(size_t granules);
void *run_malloc_aligned(size_t granules, unsigned alignment_log2);

/* The same from one region, whatever its kind; neither too long nor asked for in vain. */
void *run_malloc_in(hak_region *region, granule granules, unsigned alignment_log2);

/* Free the block that begins at p, an address in the region's span. */
hak_fault run_free(hak_region *region, const void *p);

/* What is at p: the block that begins there (HAK_FAULT_NONE), or what is wrong. */
hak_fault run_block_at(const hak_region *region, const void *p, hak_place *block);

/* Make a live block longer or shorter in place. false: no room behind it. */
bool run_resize(hak_place block, granule length);

/* Where a page comes from: where one was given back, or else the end of the longest
 * extent. That keeps pages apart from the blocks, which come from the front. */
typedef enum page_origin { PAGE_NOT_YET, PAGE_FROM_HOLE, PAGE_FROM_LONGEST } page_origin;

/* Can no malloc of so many granules ever succeed? Without the lock. */
static inline bool run_too_long(size_t granules) { return granules > UINT32_MAX - UNIT_GRANULES; }

#endif
