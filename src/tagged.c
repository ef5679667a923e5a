/* SPDX-License-Identifier: MIT */
/* Regions with tags: blocks. */
#include "tagged.h"
#include "heap.h"
#include "inject.h"

#define CALL_SITE     __builtin_return_address(0)
#define SITE_OR(site) ((site) != NULL ? (const void *)(site) : CALL_SITE)

/* What the run layer counts of the whole heap. */
typedef struct counts {
    size_t taken, peak, mallocs, frees;
} counts;

STEP counts counts_now(void)
{
    return (counts){run.taken_granules, run.peak_granules, run.mallocs, run.frees};
}

/* What was counted since is the region's. */
STEP void count_for(hak_tagged *t, counts before)
{
    t->granules += run.taken_granules - before.taken;
    t->blocks += (run.mallocs - before.mallocs) - (run.frees - before.frees);
    run.taken_granules = before.taken;
    run.peak_granules = before.peak;
    run.mallocs = before.mallocs;
    run.frees = before.frees;
    run.resizes++;
}

/* A request: in regions that have all the tags, at a multiple of so many granules
 * and in multiples of them. */
typedef struct hak_wish {
    uint32_t tags;
    unsigned log2;
    size_t granules;
} hak_wish;

static inline size_t whole_lines(size_t granules, unsigned log2)
{
    size_t line = (size_t)1 << log2;
    return (granules + line - 1) & ~(line - 1);
}

/* Does the region have a free extent of that bin or above? A look from outside: most
 * regions that cannot serve are passed over for a third of what a search costs. */
static inline bool may_serve(const hak_tagged *t, const hak_wish *wish, unsigned bin)
{
    const hak_bins *bins = &t->region.bins;
    if (t->state != TAGGED_OPEN || (t->tags & wish->tags) != wish->tags)
        return false;
    return bins_next(bins, bin) != 0;
}

/* From the first region that has the tags and room: those with few tags come
 * first, so that what is scarce is kept for who asks for it. Lock held. */
STEP void *serve(const hak_wish *wish, const void *call_site)
{
    if (run_too_long(wish->granules + ((size_t)1 << wish->log2)) || inject_fails())
        return NULL;
    counts before = counts_now();
    unsigned bin = bin_of((granule)wish->granules);
    for (hak_tagged *t = run.tagged; t != NULL; t = t->next) {
        if (!may_serve(t, wish, bin))
            continue;
        void *block = run_malloc_in(&t->region, (granule)wish->granules, wish->log2);
        if (block == NULL)
            continue;
        count_for(t, before);
        sites_given_in(&t->region, block, call_site);
        return block;
    }
    return NULL;
}

static void *malloc_tagged(const hak_wish *wish, const void *call_site)
{
    hak_mask state;
    if (!run_lock(&state))
        return NULL;
    void *block = serve(wish, call_site);
    run.failures += block == NULL;
    run_unlock(state);
    if (block == NULL)
        sites_failed(call_site);
    heap_report_corrupt(call_site);
    return block;
}

static void *malloc_lines(uint32_t tags, size_t line, size_t size, const void *call_site)
{
    bool power = line != 0 && (line & (line - 1)) == 0;
    if (!power || size > PTRDIFF_MAX) {
        heap_report(power ? HAK_FAULT_SIZE : HAK_FAULT_ALIGNMENT, NULL, call_site);
        return NULL;
    }
    unsigned log2 = line <= GRANULE_BYTES ? 0 : top_bit(line) - GRANULE_SHIFT;
    hak_wish wish = {tags, log2, granules_for(size)};
    if (log2 >= 32)
        return NULL;
    wish.granules = whole_lines(wish.granules, log2);
    if (tags != 0)
        return malloc_tagged(&wish, call_site);
    /* A size over PTRDIFF_MAX by now is refused there. */
    size = wish.granules << GRANULE_SHIFT;
    return log2 == 0 ? heap_malloc(size, call_site) : heap_malloc_aligned(size, log2, call_site);
}

void *hak_malloc_in(uint32_t tags, size_t size) { return malloc_lines(tags, 1, size, CALL_SITE); }

void *hak_malloc_in_at(uint32_t tags, size_t size, const hak_site *site)
{
    return malloc_lines(tags, 1, size, SITE_OR(site));
}

void *hak_malloc_lines(uint32_t tags, size_t line, size_t size)
{
    return malloc_lines(tags, line, size, CALL_SITE);
}

void *hak_malloc_lines_at(uint32_t tags, size_t line, size_t size, const hak_site *site)
{
    return malloc_lines(tags, line, size, SITE_OR(site));
}

/* Lock held. */
STEP hak_fault free_locked(void *p)
{
    hak_tagged *t = tagged_of(p);
    if (t == NULL)
        return HAK_FAULT_FOREIGN;
    hak_tag tag = sites_run_tag(&t->region, p);
    counts before = counts_now();
    hak_fault fault = run_free(&t->region, p);
    size_t granules = before.taken - run.taken_granules;
    count_for(t, before);
    if (fault == HAK_FAULT_NONE)
        sites_run_freed(&t->region, p, tag, granules);
    return fault;
}

hak_fault tagged_free(void *p)
{
    hak_fault fault = HAK_FAULT_STOPPED;
    hak_mask state;
    if (run_lock(&state)) {
        fault = free_locked(p);
        run_unlock(state);
    }
    return fault;
}

hak_fault tagged_find(const void *p, hak_place *block)
{
    hak_mask state;
    if (!run_lock(&state))
        return HAK_FAULT_STOPPED;
    const hak_tagged *t = tagged_of(p);
    hak_fault fault = t == NULL ? HAK_FAULT_FOREIGN : run_block_at(&t->region, p, block);
    run_unlock(state);
    return fault;
}

/* What a realloc finds, and whether it could leave the block where it is. */
typedef struct hak_old_tagged {
    hak_fault fault;
    bool resized;
    size_t usable_bytes;
    hak_wish wish; /* for another block of the new size */
} hak_old_tagged;

/* Only blocks in whole lines have an alignment here. Lock held. */
STEP hak_old_tagged resize_in_region(hak_tagged *t, const void *p, size_t size)
{
    hak_place block;
    hak_old_tagged old; /* an initializer might call memset */
    old.fault = run_block_at(&t->region, p, &block);
    if (old.fault != HAK_FAULT_NONE)
        return old;
    unsigned log2 = extent_alignment(&t->region, block.extent);
    size_t granules = whole_lines(granules_for(size), log2);
    counts before = counts_now();
    old.resized = granules == block.extent.length ||
                  (!run_too_long(granules) && run_resize(block, (granule)granules));
    count_for(t, before);
    if (old.resized)
        sites_resized(&t->region, p, block.extent.length, granules);
    old.usable_bytes = (size_t)block.extent.length << GRANULE_SHIFT;
    old.wish = (hak_wish){t->tags, log2, granules};
    return old;
}

void *tagged_realloc(void *p, size_t size, const void *call_site)
{
    hak_old_tagged old;
    old.fault = HAK_FAULT_FOREIGN;
    hak_mask state;
    if (!run_lock(&state))
        return NULL;
    hak_tagged *t = tagged_of(p);
    if (t != NULL)
        old = resize_in_region(t, p, size);
    run_unlock(state);
    heap_report_corrupt(call_site);
    if (old.fault != HAK_FAULT_NONE) {
        heap_report(old.fault, p, call_site);
        return NULL;
    }
    if (old.resized)
        return p;
    void *moved = malloc_tagged(&old.wish, call_site);
    if (moved == NULL)
        return NULL;
    hak_port_copy(moved, p, size < old.usable_bytes ? size : old.usable_bytes);
    heap_free(p, call_site);
    return moved;
}
