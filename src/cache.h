/* SPDX-License-Identifier: MIT */
/*
 * The reuse cache: big blocks that were freed are kept for the call site that
 * asked for them. Each core has a table of entries, [site][class], and perhaps
 * more such tables behind it (ways). Class i holds blocks of up to base x 2^i
 * bytes and more than half of that. For the run layer a cached block is live.
 *
 * An entry may hold a block only while it has a seat. There are at most K / 2
 * seats in the whole heap. They are granted and withdrawn with the run lock held,
 * so that whoever needs memory finds all cached blocks by K / 2 looks; puts and
 * hits need no lock. Who moves a block between entry, caller and run layer:
 *
 *   hit       EMPTY <- block   exchange          the core that owns the entry
 *   put       EMPTY -> block   exchange          the core that owns the entry
 *   grant     NO_SEAT -> EMPTY store             the core that owns the entry, lock held
 *   withdraw  NO_SEAT <- any   exchange          any core, lock held
 *
 * Nobody but its core touches an entry without a seat. So if a hit or a put comes
 * too late and finds NO_SEAT, it just puts that back.
 *
 * Equation: puts - hits of all cores = blocks in entries + evictions.
 */
#ifndef HAK_CACHE_H
#define HAK_CACHE_H

#include "free_step.h"
#include "note.h"

enum {
    CACHE_BANDS = 4, /* the classes */
    CACHE_BANDS_LOG2 = 2,
    CACHE_KEY_SHIFT = WORD_BITS == 64 ? 8 : 0, /* of the length in a key */
    CACHE_ENTRY_SHIFT = WORD_BITS == 64 ? 5 : 4,
    CACHE_ROW_SHIFT = CACHE_ENTRY_SHIFT + CACHE_BANDS_LOG2 /* a row: the entries of one site */
};
_Static_assert(HAK_CACHE_BASE_LOG2 + CACHE_BANDS_LOG2 + 1 - GRANULE_SHIFT <=
                   NOTE_TAG_SHIFT - CACHE_KEY_SHIFT,
               "a length in a key ends below the tag");

/* What an entry's `block` is if there is none. */
#define CACHE_EMPTY   ((hak_word)0)
#define CACHE_NO_SEAT ((hak_word)1)

/* All but `block` is written and read by the owning core alone, interrupts masked. */
typedef struct hak_cache_entry {
    hak_atomic block; /* its address; or one of the two */
    hak_word key;     /* which malloc it fits: cache_key() */
    hak_atomic *note; /* the block's, */
    hak_word held;    /* and what it will be when the block is handed out */
} hak_cache_entry;
_Static_assert(sizeof(hak_cache_entry) == 1 << CACHE_ENTRY_SHIFT, "a power of two");
_Static_assert(CACHE_BANDS << CACHE_ENTRY_SHIFT == 1 << CACHE_ROW_SHIFT, "a row is its bands");

/* Before a core's entries; each written by the core alone. */
typedef struct hak_cache_counters {
    hak_atomic hits[CACHE_BANDS], puts[CACHE_BANDS];
    hak_atomic misses[CACHE_BANDS]; /* mallocs of the class's sizes that found nothing */
} hak_cache_counters;

typedef struct hak_cache {
    /* Read by every malloc and free of a large block; constant. */
    unsigned zeros;     /* leading zeros of class 0's lengths less one; 0: no cache */
    unsigned ways;      /* entries for one site and class */
    char *rows;         /* core 0's entries of way 0; counters before them */
    size_t core_bytes;  /* from core to core */
    hak_word site_mask; /* of a row's offset; + a row: from way to way */
    /* The policy: how many of the ways each class uses; 0: it caches nothing. */
    _Atomic(uint8_t) depth[CACHE_BANDS];
    /* run lock */
    hak_cache_entry **seats; /* the entries that have one */
    unsigned seat_count, seats_most;
    unsigned hand;     /* the seat that moves next */
    size_t *evictions; /* [band]: blocks that left entries for the run layer */
} hak_cache;

/* Choose the cache's size and lay its tables into the first region. */
void cache_carve(hak_cache *c, hak_carving *range);

/* A region's notes: carve them, and once the region is made, put them into use. */
hak_atomic *cache_carve_notes(const hak_cache *c, hak_carving *range, size_t largest_page_bytes);
void cache_open(const hak_cache *c, hak_region *r, hak_atomic *notes);

/* Does a block with a note begin at p, held or cached? */
bool cache_has_note(const hak_region *r, const void *p);

/* Is there so much room that freed blocks may be kept? Not in a heap that is more
 * than half full: retained blocks would lie in the way of others. Lock held. */
static inline bool cache_is_open(void)
{
    return run.usable_granules - run.taken_granules >= run.usable_granules / 2;
}

/* run_resize for a block that has a note: it keeps one while it has a class. false
 * also if someone freed it in this instant. Lock held. */
bool cache_resize(hak_place block, granule length);

/* Give all cached blocks of all cores back, and withdraw their seats. Each its own
 * critical section, at most K / 2 of them. */
void cache_recall(void);

/* Give a block that is noted as cached, and in no entry, back. Lock held. */
void cache_give_up(hak_region *r, const void *p);

/* In a forked child: no entry has a block or a seat any more. Lock held. */
void cache_forget(void);

/* The policy of a class: how many blocks of one site to keep, at most the ways that
 * there are; 0: none. What is kept beyond goes back: all at once, or seat by seat,
 * from the last one down. */
void cache_set_depth(unsigned band, unsigned depth);
void cache_limit(unsigned band, unsigned depth);
void cache_trim(unsigned band, unsigned seat);

/* What the cache holds and did, by class; exact at rest. */
typedef struct hak_cache_band {
    size_t held_blocks, held_bytes, hits, misses, puts, evictions;
} hak_cache_band;
typedef struct hak_cache_sums {
    hak_cache_band band[CACHE_BANDS];
} hak_cache_sums;
void cache_add_up(hak_cache_sums *sums);
/* Only what the cores count themselves; no lock. */
void cache_add_up_counters(hak_cache_sums *sums);
/* Bytes of the band that the seat holds. */
size_t cache_held_bytes(unsigned band, unsigned seat);

/* For hak_check: what is broken, NULL: nothing. After a walk that found so many
 * blocks noted as cached; `before` is of its start. */
const char *cache_check(void);
const char *cache_check_sums(const hak_cache_sums *before, size_t noted_blocks);

/* Which class is a length in granules, less one? CACHE_BANDS or more: none. A size
 * leaves the upper 3 bits of its granules 0 or more: without a cache it has no class. */
static inline unsigned cache_band(const hak_cache *c, size_t granules_less_1)
{
    return c->zeros - hak_port_zeros(granules_less_1);
}

/* A length in granules, less one, and a tag. */
static inline hak_word cache_key(size_t granules_less_1, hak_word tag)
{
    return tag | granules_less_1 << CACHE_KEY_SHIFT;
}

static inline granule cache_key_length(hak_word key) /* less one */
{
    return (granule)((key & ~NOTE_TAG) >> CACHE_KEY_SHIFT);
}

/* A core's part: its counters, which end here, and its entries, which begin. */
static inline char *cache_part(const hak_cache *c, unsigned core)
{
    return c->rows + core * c->core_bytes;
}
static inline hak_cache_counters *cache_counters(char *part)
{
    return (hak_cache_counters *)(void *)part - 1;
}

/* The entry of way 0, for a site's tag (in place; other bits do not matter). */
static inline hak_cache_entry *cache_entry(const hak_cache *c, char *part, unsigned band,
                                           hak_word tag)
{
    char *row = part + (c->site_mask & tag >> (NOTE_TAG_SHIFT - CACHE_ROW_SHIFT));
    return (hak_cache_entry *)(void *)(row + ((size_t)band << CACHE_ENTRY_SHIFT));
}
static inline void cache_count(hak_atomic *counter) { word_set(counter, word_get(counter) + 1); }

/* Take the entry's block if it fits; NULL: it does not. Its core's, masked. */
static inline void *cache_hit(hak_cache_entry *e, hak_word key)
{
    if (e->key != key)
        return NULL;
    /* relaxed: this core put it there */
    hak_word block = hak_port_exchange(&e->block, CACHE_EMPTY, memory_order_relaxed);
    if (block <= CACHE_NO_SEAT) {
        /* Nobody else grants a seat. But one may go this very moment: what was empty
         * is not written again. */
        if (block == CACHE_NO_SEAT)
            word_set(&e->block, CACHE_NO_SEAT);
        return NULL;
    }
    word_set(e->note, e->held);
    return (void *)block;
}

/* malloc, with the core's entry of way 0 for the site: the block that it keeps. NULL:
 * none that fits. Its core's, masked. */
STEP void *cache_malloc(hak_cache_entry *e, char *part, unsigned band, hak_word key)
{
    void *block = cache_hit(e, key);
    if (block != NULL)
        cache_count(&cache_counters(part)->hits[band]);
    return block;
}

/* Put a block that is noted as cached into an entry that was empty. Its core's,
 * masked. false: the seat was withdrawn meanwhile. */
static inline bool cache_fill(hak_cache_entry *e, hak_word key, hak_atomic *note, hak_word held,
                              const void *block)
{
    e->key = key;
    e->note = note;
    e->held = held;
    /* release: the last holder's writes come before the block's reuse, if another
     * core withdraws the seat */
    if (hak_port_exchange(&e->block, (uintptr_t)block, memory_order_release) == CACHE_EMPTY)
        return true;
    word_set(&e->block, CACHE_NO_SEAT);
    return false;
}

/*
 * free of a block whose note is `held`, into the core's entry of way 0. false: there
 * is no room, or someone else freed it in this instant; nothing was done. Interrupts
 * masked.
 */
STEP bool cache_free(hak_cache_entry *e, char *part, unsigned band, hak_word key, hak_atomic *note,
                     hak_word held, const void *p)
{
    hak_word expected = held;
    if (word_get(&e->block) != CACHE_EMPTY ||
        !hak_port_compare_exchange(note, &expected, held | NOTE_CACHED, memory_order_relaxed,
                                   memory_order_relaxed))
        return false;
    bool done = cache_fill(e, key, note, held, p);
    if (done)
        cache_count(&cache_counters(part)->puts[band]);
    else
        word_set(note, held);
    return done;
}

#endif
