/* SPDX-License-Identifier: MIT */
/*
 * hak: a memory allocator for bare-metal and embedded targets.
 *
 * Firmware gives hak a range of RAM once, with hak_init(); from then on every
 * core, task and interrupt handler may call every function below, save from
 * handlers that interrupt masking does not hold off (NMI, FIQ on AArch64,
 * "zero-latency" interrupts on Cortex-M). No call blocks, except for its turn
 * at one fair lock whose hold is bounded; no call's cost depends on the
 * heap's size, contents or history. docs/bounds.md has the measured bounds. A core
 * that stops for good with that lock is waited for no longer than a bound, either:
 * see HAK_FAULT_STOPPED.
 *
 * Units: every size is in bytes. Alignment: every block is aligned to the
 * granule, HAK_GRANULE bytes. A call that is handed a bad pointer or size
 * reports it to hak_port_fault() and does nothing else.
 */
#ifndef HAK_H
#define HAK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Size and alignment of the smallest block: 16 on 64-bit targets, 8 on 32-bit. */
#define HAK_GRANULE (2u * sizeof(void *))

/* The smallest heap that hak_init() takes, wherever it starts: 1024 bytes on
 * 64-bit targets, 512 on 32-bit. */
#define HAK_HEAP_MIN (64u * HAK_GRANULE)

/* What became of a request to hand over memory. HAK_OK is 0. */
typedef enum hak_status {
    HAK_OK = 0,
    HAK_ERR_NULL,      /* the start address is NULL */
    HAK_ERR_ZERO,      /* the size is zero */
    HAK_ERR_TOO_SMALL, /* nothing would be left beside the control data */
    HAK_ERR_TOO_BIG,   /* more than 64 GiB (64-bit) or 2 GiB (32-bit); than TINY= says */
    HAK_ERR_WRAP,      /* start + size passes the end of the address space */
    HAK_ERR_OVERLAP,   /* the range overlaps a region that hak has */
    HAK_ERR_TWICE,     /* hak_init() was called before */
    HAK_ERR_NOT_INIT,  /* a call about a further region before hak_init() */
    HAK_ERR_REGIONS,   /* the region table is full */
    HAK_ERR_POLICY,    /* the policy table is damaged, or not for this build */
    HAK_ERR_LATE,      /* hak_policy_load() after hak_init() */
    HAK_ERR_NO_REGION, /* no region begins there, or has that number */
    HAK_ERR_NO_TAGS,   /* the region has no tags, so it stays */
    HAK_ERR_LIVE,      /* a block of the region is live */
    HAK_ERR_STOPPED    /* a core has stopped for good: see HAK_FAULT_STOPPED */
} hak_status;

/* What was wrong with a call. */
typedef enum hak_fault {
    HAK_FAULT_NONE = 0,
    HAK_FAULT_NOT_INIT,    /* a pointer was passed before hak_init() */
    HAK_FAULT_FOREIGN,     /* the pointer lies in no region of hak's */
    HAK_FAULT_MISALIGNED,  /* the pointer is not a multiple of the granule */
    HAK_FAULT_DOUBLE_FREE, /* the pointer lies in memory that is free already */
    HAK_FAULT_INTERIOR,    /* the pointer lies inside a live block, not at its start */
    HAK_FAULT_NOT_A_BLOCK, /* no block begins there; too deep inside a large
                              extent to tell in bounded time whether that is free */
    HAK_FAULT_SIZE,        /* a size over PTRDIFF_MAX, or a product that overflows */
    HAK_FAULT_ALIGNMENT,   /* an alignment that is no power of two */
    HAK_FAULT_CORRUPT,     /* the program overwrote a link in free memory; the
                              extents that it led to are given up */
    HAK_FAULT_STOPPED      /* a core has stopped for good, and the others wait for it */
} hak_fault;

/*
 * HAK_FAULT_STOPPED: a core was parked (by a debugger, in a handler above the mask, for
 * want of power) while it had the run layer's lock or was in line for it. Who waits for
 * the lock finds that out after HAK_LOCK_TURNS looks in one wait (config.h; by default
 * half a second or so, 0: never), interrupts masked meanwhile. It is reported once,
 * and is no fault of the call that finds it: pointer and call site are NULL. Which core
 * it is, the lock does not tell. From then on, until the next start, on every core:
 *
 *   - what needs no lock works as ever: malloc and free in the core's own pages, frees
 *     into other cores' pages, hits and puts of the reuse cache;
 *   - other mallocs return NULL at once, whatever is free; hak_realloc() then leaves the
 *     old block as it was; hak_free() of a block of the run layer leaves it live;
 *   - hak_check() says so; hak_walk() returns -1, hak_stats_get() and hak_sites_get()
 *     give no figures, calls about regions return HAK_ERR_STOPPED, hak_usable_size()
 *     of a block that lies in no page 0; hak_core_idle(), hak_release() and hak_tick()
 *     do nothing.
 *
 * A stopped core that goes on after all finishes its call; its next ones end like
 * everybody's. One that stops without the lock disturbs nobody: what it had in hand
 * stays out of reach.
 */

/*
 * The fault hook. The library holds a weak one that does nothing; a firmware
 * may define its own. kind: what was wrong. pointer: the one passed (NULL for
 * a size or an alignment; for HAK_FAULT_CORRUPT the extent with the bad link).
 * call_site: the return address of the faulty call. Called with neither lock
 * nor interrupt mask held, in the context that made the call.
 */
void hak_port_fault(hak_fault kind, const void *pointer, const void *call_site);

/*
 * How user bytes are zeroed (calloc) and copied (realloc): the library holds
 * weak ones that move a word at a time; a firmware may define faster ones. to
 * and from are granule-aligned and do not overlap. Called with neither lock nor
 * interrupt mask held.
 */
void hak_port_zero(void *to, size_t bytes);
void hak_port_copy(void *to, const void *from, size_t bytes);

/*
 * hak_init: take [heap_start, heap_start + heap_size) as the heap. The start
 * may be misaligned and the size odd: both are trimmed. The contents need not
 * be zero. Control data and maps are carved out of the range (1/42 of it on 64-bit
 * targets, 1/20 on 32-bit, and for each core up to 72 bytes for each of up to 40 size
 * classes; from 192 KiB on at most 1/100 for the reuse cache). Clearing the
 * maps takes about one instruction per 8 bytes of map, which is the only part
 * whose time grows with the size. Call it once, on one core, before any other
 * call; what a handler asks for meanwhile is refused as before it.
 * Returns HAK_OK, or why the range was refused; then nothing was touched.
 */
hak_status hak_init(void *heap_start, size_t heap_size);

/*
 * hak_add_region: hand over one more range, at any time, on any core. At most
 * HAK_REGIONS ranges in all (8 by default). Same trimming, same cost; beside a
 * large first heap the smallest range that it takes is larger, up to 4 KiB.
 */
hak_status hak_add_region(void *start, size_t size);

/*
 * Regions with properties. A region may have tags, a bit each. These three, and from
 * HAK_MEMORY_USER on the program's own: HAK_MEMORY_USER << 1 and so on. They mean
 * what the program makes of them; hak only compares them.
 */
#define HAK_MEMORY_FAST     1u /* such as tightly coupled memory */
#define HAK_MEMORY_DMA      2u /* within reach of devices */
#define HAK_MEMORY_RETAINED 4u /* keeps its contents while the rest is without power */
#define HAK_MEMORY_USER     8u

/*
 * hak_add_region_tagged: hand over a range with tags, at any time, on any core; with
 * tags 0 it is hak_add_region(). At most HAK_REGIONS of these beside the others. Only
 * the calls below take memory from it: hak_malloc() never does, and neither pages of
 * the pools nor cached blocks lie there. Descriptor and maps lie at its start (1/42
 * of it, 1/20 on 32-bit targets, and about 500 bytes), are written with plain stores,
 * and read when a block of it is passed to any call; no atomic operation goes there, so uncached
 * memory will do. hak_free(), hak_realloc(), hak_usable_size(), hak_walk(), hak_check() and
 * hak_sites_get() treat its blocks like all others, and bad calls are caught as
 * elsewhere.
 */
hak_status hak_add_region_tagged(void *start, size_t size, uint32_t tags);

/*
 * hak_malloc_in: a block as by hak_malloc(), from a region that has all of these tags
 * (and perhaps more: regions with few tags are looked at first). NULL: no such region
 * has a free extent of that size, rounded up to its bin's ceiling, or there is none.
 * It never falls back to other memory. At most HAK_REGIONS regions are looked at.
 * hak_malloc_in(0, n) is hak_malloc(n).
 *
 * hak_realloc() of such a block leaves it in place or moves it to a region that has
 * all the tags of its old region, which may be another one.
 */
void *hak_malloc_in(uint32_t tags, size_t size);

/*
 * hak_malloc_lines: the same for whole cache lines: the block begins on a multiple of
 * `line` bytes, a power of two, and is as many whole lines as size needs, at least
 * one. No other block has a part of them, and while the block is live hak writes
 * nothing there: a device may write to it and the lines be invalidated. With tags,
 * hak_realloc() keeps to whole lines; with tags 0 only to the alignment.
 */
void *hak_malloc_lines(uint32_t tags, size_t line, size_t size);

/*
 * hak_region_retire: no new block comes from the region that was added with this
 * start, and tags. Its blocks stay, and hak_realloc() may still resize them in place.
 * hak_region_remove: the region is no longer hak's, unless one of its blocks is live
 * (HAK_ERR_LIVE): its memory is the caller's, and hak does not touch it again, not
 * even for a bad free. Retiring it first is usual, not needed. The range may be added
 * again later. Both are O(1), at any time, on any core; other cores may walk, check
 * and free meanwhile. HAK_ERR_NO_TAGS: hak_init()'s region and those without tags
 * stay, for pools and caches may hold on to their memory. HAK_ERR_NO_REGION.
 */
hak_status hak_region_retire(const void *start);
hak_status hak_region_remove(const void *start);

/* What one region holds. */
typedef struct hak_region_stats {
    void *start;           /* after trimming */
    size_t bytes;          /* that were handed over, after trimming */
    size_t metadata_bytes; /* of these, control data and maps */
    uint32_t tags;
    int retired;
    size_t free_bytes;         /* in free extents */
    size_t largest_free_bytes; /* the true largest free extent is less than 1/16 larger */
    size_t live_bytes;         /* in blocks that callers hold (usable sizes) */
    size_t live_blocks;
} hak_region_stats;

/*
 * hak_region_stats_get: fill in *stats for the region with that number: from 0 on
 * those without tags in order of address, then those with tags in order of arrival.
 * HAK_ERR_NO_REGION: there are fewer. For a region with tags O(1) and exact. The
 * others are looked at block by block, in bounded steps like hak_walk(): exact if
 * nobody changes them meanwhile.
 */
hak_status hak_region_stats_get(unsigned index, hak_region_stats *stats);

/* A sentence that says what the status means and what to do. Never NULL. */
const char *hak_status_text(hak_status status);

/* The same for a fault. Never NULL. */
const char *hak_fault_text(hak_fault fault);

/*
 * hak_malloc: a block of at least size bytes, aligned to the granule, its
 * contents undefined. size 0 gives a unique block that can be freed. NULL
 * means that the heap holds no free extent of that size rounded up to its
 * bin's ceiling (at most 1/16 more; exact below 16 granules); see
 * docs/design.md, promise 3. The one exception: after HAK_FAULT_STOPPED, NULL means
 * that the call needs the run layer.
 */
void *hak_malloc(size_t size);

/* hak_calloc: the same for count * size bytes, zeroed. The product is checked. */
void *hak_calloc(size_t count, size_t size);

/*
 * hak_realloc: change a block's size, keeping its contents up to the smaller
 * of both sizes and any over-alignment that hak_aligned_alloc() gave it. Grows
 * and shrinks in place where the neighbouring memory allows. NULL on failure:
 * the old block is then untouched. hak_realloc(NULL, n) is hak_malloc(n);
 * a size of 0 shrinks the block to its smallest and never frees it.
 */
void *hak_realloc(void *block, size_t size);

/*
 * hak_aligned_alloc: a block whose address is a multiple of alignment, a power
 * of two. size need not be a multiple of it. Freed with hak_free().
 */
void *hak_aligned_alloc(size_t alignment, size_t size);

/* hak_free: give a block back, on any core and in any context. NULL is ignored. */
void hak_free(void *block);

/* The bytes that the caller may use in a live block: at least what was asked
 * for. 0 for NULL, and for a bad pointer (which is reported). */
size_t hak_usable_size(const void *block);

/*
 * hak_core_idle: call it before a core sleeps or is switched off. The pages
 * that the core keeps for itself become available to the others; the blocks that
 * its reuse cache keeps are so in any case, once a call would fail. O(1). The
 * core's next malloc takes them back, or what is left of them.
 */
void hak_core_idle(void);

/*
 * hak_port_release: a hook that learns which memory is free, to give it back to an
 * operating system, or to clean it out of a cache. The library holds a weak one that
 * does nothing. [start, start + bytes) is free; what it contains may be lost, but it
 * must be there again as soon as someone writes to it, for hak does not say when it
 * hands it out. Granule-aligned; the hook leaves out what does not fill its own
 * units. At most 1 MiB in one call (HAK_RELEASE_BYTES); a larger extent is cut at
 * multiples of that, so into whole units. Called with the run lock and the interrupt
 * mask held: it must be short, and must not call hak.
 */
void hak_port_release(void *start, size_t bytes);

/*
 * hak_release: hand free extents of 64 KiB and more (HAK_RELEASE_LEAST) to
 * hak_port_release, each once until it changes. Looks at so many blocks, pages and
 * free extents, from where the last call ended, and at all of them at most; each its
 * own critical section. Call it from time to time, from an idle loop for example.
 * Returns the bytes that were handed over. Regions with tags are left out. [the
 * counterpart of madvise(2) in batches]
 */
size_t hak_release(size_t items);

/*
 * Call sites: who asked for a block. By default a site is the return address
 * of the call. A wrapper, or code whose name must survive a rebuild, passes a
 * named site instead: a constant in the linker section hak_sites, no RAM.
 *
 *     static void *buffer(size_t n) { return hak_malloc_at(n, HAK_SITE("uart rx")); }
 *
 * docs/sites.md tells how to name sites and how to read the listing.
 */
typedef struct hak_site {
    const char *name;
} hak_site;

/* The address of a site of that name, a string literal, made where the macro
 * stands. An expression, for use inside functions; each use is a site of its
 * own. Needs GCC's or Clang's statement expressions. */
#define HAK_SITE(text)                                                                             \
    (__extension__({                                                                               \
        static const hak_site hak_site_here_ __attribute__((section("hak_sites"), used)) = {text}; \
        &hak_site_here_;                                                                           \
    }))

/* The same as a definition, at file or function scope: HAK_SITE_DEFINE(rx, "uart rx");
 * then pass &rx. For a site that several places share, and for C++ templates
 * and inline functions, where a section cannot be chosen inside an expression. */
#define HAK_SITE_DEFINE(variable, text)                                                            \
    static const hak_site variable __attribute__((section("hak_sites"), used)) = {text}

/* The return address of the function that it stands in, in the form of a site:
 * a wrapper passes its caller on with it. The wrapper must not be inlined:
 *
 *     __attribute__((noinline)) void *pvPortMalloc(size_t n)
 *     { return hak_malloc_at(n, HAK_CALLER); }
 *
 * HAK_SITE_AT(address) does so with a return address from elsewhere. */
#define HAK_SITE_AT(address) ((const hak_site *)(address))
#define HAK_CALLER           HAK_SITE_AT(__builtin_return_address(0))

/*
 * The calls above with a site in place of the return address: what HAK_SITE,
 * HAK_SITE_DEFINE or HAK_CALLER gave; NULL stands for the return address. In all
 * else the same. A fault in such a call is reported with that site.
 */
void *hak_malloc_at(size_t size, const hak_site *site);
void *hak_calloc_at(size_t count, size_t size, const hak_site *site);
void *hak_realloc_at(void *block, size_t size, const hak_site *site);
void *hak_aligned_alloc_at(size_t alignment, size_t size, const hak_site *site);
void *hak_malloc_in_at(uint32_t tags, size_t size, const hak_site *site);
void *hak_malloc_lines_at(uint32_t tags, size_t line, size_t size, const hak_site *site);

/* The name that HAK_SITE or HAK_SITE_DEFINE gave a site; NULL for any other
 * address. For a call site from a listing or from the fault hook. */
const char *hak_site_name(const void *call_site);

/* What one site holds. Bytes are usable sizes, as in hak_stats. */
typedef struct hak_site_info {
    const void *address; /* the return address, or the named site; NULL: "other" */
    const char *name;    /* of a named site; "other"; NULL for a return address */
    size_t live_blocks;
    size_t live_bytes;
    /* Counted per call, in builds with SITES=count; else 0. */
    size_t peak_bytes; /* the most that were live at a time */
    size_t mallocs;    /* blocks handed out since hak_init() */
    size_t failures;   /* calls that returned NULL for want of memory */
} hak_site_info;

/*
 * hak_sites_get: who holds the memory. Fills in list[] with the sites that hold
 * most, the greatest live_bytes first, and returns how many it filled in, at
 * most `most`. The last one is "other", if anything is left for it: blocks of
 * sites that found no place in the table (HAK_SITES - 1 are told apart), small
 * blocks that share a tag with a neighbour, and what `most` cuts off. So the
 * sums over the list are those of hak_stats and of the regions with tags.
 * Only in builds with SITES=list or SITES=count; otherwise returns 0.
 * Advances in bounded steps like hak_walk(); exact for blocks that are live
 * throughout. Takes HAK_SITES x two words of stack.
 * A block belongs to the call that handed it out; one that realloc leaves in
 * place stays with its site.
 */
size_t hak_sites_get(hak_site_info *list, size_t most);

/* Figures about the heap, regions with tags left out (but for failures and faults):
 * they have hak_region_stats_get(). Byte counts are exact when no other core is inside
 * a call; the counters of the pipeline's stages are sums over all cores. */
typedef struct hak_stats {
    size_t heap_bytes;     /* all bytes handed over, after trimming */
    size_t metadata_bytes; /* of these, control data and maps */
    size_t live_bytes;     /* in blocks that callers hold (usable sizes) */
    size_t live_blocks;
    size_t taken_bytes;        /* taken from the run layer: large blocks and whole pages */
    size_t peak_bytes;         /* high-water mark of taken_bytes */
    size_t free_bytes;         /* in free extents of the run layer */
    size_t largest_free_bytes; /* a malloc of this many bytes succeeds now; the true largest
                                  free extent is less than 1/16 larger (TINY=256: 1/2) */
    size_t page_bytes;         /* of taken_bytes, in pages of the pools */
    size_t retained_pages;     /* pages kept although they may be empty */
    size_t cached_blocks;      /* freed blocks that the reuse cache keeps; with the
                                  retained pages at most K */
    size_t cached_bytes;       /* in these; part of taken_bytes */
    /* The malloc pipeline: how often each stage answered. */
    size_t malloc_pool;  /* from the core's current page */
    size_t malloc_cache; /* from the reuse cache: hits */
    size_t malloc_run;   /* from the run layer */
    size_t cache_misses; /* of these, sizes that the reuse cache has classes for */
    size_t refill_drain; /* refills: blocks freed elsewhere taken back */
    size_t refill_adopt; /* refills: a partly free page adopted */
    size_t refill_birth; /* refills: a new page cut from the run layer */
    /* The free pipeline. */
    size_t free_local;      /* into the core's current page */
    size_t free_remote;     /* into any other page: one atomic operation */
    size_t free_list;       /* pages that nobody owned and that were listed when they had
                               a free block; counted when they are adopted or go back */
    size_t free_cache;      /* into the reuse cache: puts */
    size_t free_run;        /* to the run layer; also what the cache gave back */
    size_t cache_evictions; /* of these, blocks that the cache gave back */
    size_t pages_retired;   /* empty pages given back to the run layer */
    size_t recalls;         /* calls that found nothing and recalled retained pages */
    size_t failures;        /* calls that returned NULL for want of memory */
    size_t faults;          /* bad calls that were reported */
    size_t early_returns;   /* calls that came to no stage: hak_free(NULL), and
                               reallocs that left the block where it is */
} hak_stats;

/* Fill in *stats. Bounded by regions + cores x classes + K; each step its own
 * critical section. After HAK_FAULT_STOPPED all figures but faults and early_returns are
 * 0, heap_bytes too. */
void hak_stats_get(hak_stats *stats);

/*
 * hak_check: verify every invariant of the heap. NULL if all hold, else the
 * name of the first one that is broken (a static string). Its length grows
 * with the heap, but it advances in bounded steps, each its own critical
 * section, so that other contexts go on; sums over the whole heap are compared
 * only if nobody changed it meanwhile.
 */
const char *hak_check(void);

typedef enum hak_block_kind {
    HAK_BLOCK_LIVE,  /* a block that a caller holds */
    HAK_BLOCK_FREE,  /* a free extent of the run layer */
    HAK_BLOCK_CACHED /* a freed block that the reuse cache keeps */
} hak_block_kind;

typedef struct hak_block {
    void *address;
    size_t size_bytes; /* usable bytes */
    hak_block_kind kind;
    int in_page; /* 1: a block in a page of the pools */
} hak_block;

/* Called for each block; a value other than 0 ends the walk. It may free the
 * block that it is shown, and call everything else too. */
typedef int (*hak_visitor)(const hak_block *block, void *context);

/*
 * hak_walk: show every block, cached ones too, and every free extent to the
 * visitor, region by region in order of address, those with tags last and in order
 * of arrival. Advances in bounded steps like hak_check(); a block that is live
 * throughout the walk is shown exactly once. Returns the visitor's last value, 0 if it
 * never ended the walk; -1 if it could not go on (HAK_FAULT_STOPPED).
 */
int hak_walk(hak_visitor visitor, void *context);

/*
 * Learning. A policy says for each step of size when pages are made for it and
 * how large, how the reuse cache retains blocks, and which call sites' blocks
 * live long. It is learned by hak_tick() in one run, written by
 * hak_policy_export(), and loaded by hak_policy_load() in later ones: see
 * docs/learning.md. What is not called is not linked; without a call of
 * hak_policy_load() the built-in policy holds.
 */
typedef enum hak_learning {
    HAK_FROZEN = 0,     /* the policy stays as it is: a fixed machine */
    HAK_LEARN,          /* hak_tick() changes it */
    HAK_CANARY,         /* frozen, but hak_tick() watches whether it still fits */
    HAK_CANARY_RELEARN, /* the same, and goes back to LEARN if it does not */
    HAK_MISFIT          /* it was CANARY, and the policy fits no longer */
} hak_learning;

/* Bytes of a policy table. */
#define HAK_POLICY_BYTES 244u

/*
 * hak_policy_load: use a table that hak_policy_export() wrote; call it before
 * hak_init(). The table must stay where it is, flash will do; nothing is copied.
 * HAK_OK, HAK_ERR_POLICY (wrong magic, version, length, checksum, granule, or a
 * value out of range: nothing was changed), HAK_ERR_NULL, HAK_ERR_LATE. About
 * 1,500 instructions.
 */
hak_status hak_policy_load(const void *table, size_t size);

/*
 * hak_policy_export: write the policy in force into the buffer, as learned so far.
 * Returns HAK_POLICY_BYTES, or 0 if the buffer is smaller; nothing is written then.
 * state: in which the table is to begin, any but HAK_MISFIT.
 */
size_t hak_policy_export(void *buffer, size_t size, hak_learning state);

/*
 * hak_learn: from now on hak_tick() does this. seed: of the choices that learning
 * makes at random; the same seed and calls give the same policy. After
 * hak_init(). Without it, the loaded table's state holds, with seed 1.
 */
void hak_learn(hak_learning state, uint32_t seed);

/* What hak_tick() does now. */
hak_learning hak_learn_state(void);

/*
 * hak_tick: one bounded step of learning: one size class or one band is looked
 * at. Call it now and then, from a timer or an idle loop; a full round is as many
 * calls as there are classes, and 5 more. If another context is at it, it does
 * nothing.
 */
void hak_tick(void);

/*
 * Only in builds with LEARN=1 (`make lib LEARN=1`): make every n-th call of malloc
 * that takes the run lock end with a step of learning, a smaller one than
 * hak_tick()'s, while hak_learn_state() is LEARN or a CANARY. n = 0, as at first:
 * none does. After hak_init().
 */
void hak_tick_each(size_t slow_calls);

/*
 * Only in builds with FAIL=1 (`make lib FAIL=1`): make the n-th request for a
 * page or an extent from now fail (n from 1), and with from_then_on not 0
 * every later one too. n = 0 switches it off.
 */
void hak_fail_nth(size_t n, int from_then_on);

#ifdef __cplusplus
}
#endif

#endif
