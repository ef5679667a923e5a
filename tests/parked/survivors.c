/* SPDX-License-Identifier: MIT */
#include "survivors.h"
#include "heap.h"
#include "judge.h"
#include "landing.h"

/* A size with pages of its own, which no scene has. */
enum { MINE = 112, TRIES = 400, DAIF_IRQ = 0x80 };

unsigned survivors_in_hand;
_Atomic(unsigned) stopped_reports;

static struct survivor {
    int small, big, noted; /* in the book; noted: BOOK_NONE if nothing is cached */
    void *found, *taken, *to_cache;
} survivors[SURVIVORS];

static bool is_held;
static uint64_t reported_at;
static void *victim[VICTIMS];

/* At most so many instructions, of all cores together, until a waiting core gives up: its
 * own turns, and those of the others. */
enum { TURN_LEAST = 5, TURN_MOST = 12, WAIT_MOST = SURVIVORS * HAK_LOCK_TURNS * TURN_MOST };

void hak_port_fault(hak_fault kind, const void *pointer, const void *call_site)
{
    if ((mask_state() & DAIF_IRQ) != 0)
        complain("the fault hook was called with interrupts masked");
    if (kind != HAK_FAULT_STOPPED) {
        report(kind, pointer);
        return;
    }
    if (pointer != NULL || call_site != NULL)
        complain(hak_fault_text(kind));
    atomic_fetch_add(&stopped_reports, 1);
    reported_at = kit_nanoseconds();
}

static bool same_text(const char *a, const char *b)
{
    while (a != NULL && *a != 0 && *a == *b)
        a++, b++;
    return a != NULL && *a == *b;
}

/* What a core that stands still in the middle of a call makes hak_check say: a page whose
 * first free block is about to be listed, or whose last one was freed and which is about
 * to be given back; a hit or a put that is about to be counted. */
static bool is_in_hand(const char *broken)
{
    return same_text(broken,
                     "the bits behind a page's last block are set, but one while it is full") ||
           same_text(broken, "an empty page that nobody owns is given back") ||
           same_text(broken, "what was put into the cache is there, was handed out or evicted");
}

static void fill(unsigned char *p, size_t bytes, unsigned core)
{
    for (size_t i = 0; i < bytes; i++)
        p[i] = (unsigned char)(i * 7 + core);
}

static bool is_filled(const unsigned char *p, size_t bytes, unsigned core)
{
    for (size_t i = 0; i < bytes; i++)
        if (p[i] != (unsigned char)(i * 7 + core))
            return false;
    return true;
}

static void settle(unsigned core, void *context)
{
    void *blocks[TRIES];
    unsigned count = 0;
    if (core != *(const unsigned *)context)
        return;
    do
        blocks[count] = hak_malloc(MINE);
    while (region_kind_at(&run_region_of(blocks[count])->maps, blocks[count]) == 0 &&
           ++count < TRIES);
    struct survivor *mine = &survivors[core - SURVIVOR_FIRST];
    if (count == TRIES)
        complain("the state cannot be built: no page comes");
    else
        mine->found = blocks[count];
    while (count > 0)
        hak_free(blocks[--count]);
    mine->taken = hak_malloc(size_of.large);
    mine->to_cache = size_of.cached != 0 ? hak_malloc_at(size_of.cached, big_site) : NULL;
}

void survivors_settle(void)
{
    for (unsigned i = 0; i < SURVIVORS; i++) {
        unsigned core = SURVIVOR_FIRST + i;
        kit_parallel(SURVIVOR_CORES, settle, &core);
        if (survivors[i].found == NULL || survivors[i].taken == NULL) {
            complain("the state cannot be built: a malloc failed");
            return;
        }
        survivors[i].small = book_add(survivors[i].found, MINE);
        survivors[i].big = book_add(survivors[i].taken, size_of.large);
        survivors[i].noted = BOOK_NONE;
        if (survivors[i].to_cache != NULL)
            survivors[i].noted = book_add(survivors[i].to_cache, size_of.cached);
    }
}

/* malloc and free in the core's own page, as if nothing had happened. */
static void use_pool(unsigned core)
{
    unsigned char *p = hak_malloc(MINE), *q = hak_calloc(1, MINE);
    if (p == NULL || q == NULL || p == q) {
        complain("the core's own page serves no more");
        return;
    }
    fill(p, MINE, core);
    fill(q, MINE, core + 1);
    if (!is_filled(p, MINE, core) || hak_usable_size(p) < MINE)
        complain("a block of the core's own page is not its own");
    hak_free(p);
    p = hak_realloc(q, MINE - GRANULE_BYTES);
    if (p != q || !is_filled(q, MINE, core + 1))
        complain("realloc did not leave a block where it was");
    hak_free(q);
}

/* Instructions of all cores. */
static uint64_t time_of(void **result, size_t bytes)
{
    uint64_t before = kit_nanoseconds();
    *result = hak_malloc(bytes);
    return (kit_nanoseconds() - before) / step;
}

void survivors_need_no_lock(void)
{
    static char spare[4096];
    hak_stats stats;
    hak_region_stats of_region;
    void *p;
    if (time_of(&p, size_of.large) > HAK_LOCK_TURNS || p != NULL)
        complain("a call that needs the stopped lock does not return NULL at once");
    if (hak_calloc(2, size_of.large) != NULL || hak_aligned_alloc(256, 64) != NULL)
        complain("a relative of malloc did not return NULL");
    if (!same_text(hak_check(), "whoever has the run layer's lock goes on"))
        complain("hak_check does not say that the lock's holder has stopped");
    hak_stats_get(&stats);
    if (stats.heap_bytes != 0 || stats.live_blocks != 0)
        complain("hak_stats_get gives figures that it cannot have");
    if (hak_add_region(spare, sizeof spare) != HAK_ERR_STOPPED ||
        hak_region_stats_get(0, &of_region) != HAK_ERR_STOPPED || of_region.bytes != 0)
        complain("a call about regions does not say what is wrong");
    for (size_t i = 0; i < sizeof spare; i++)
        if (spare[i] != 0)
            complain("memory that was not taken over was written to");
    if (hak_add_region_tagged(spare, sizeof spare, HAK_MEMORY_USER) != HAK_ERR_STOPPED ||
        hak_region_retire(spare) != HAK_ERR_STOPPED ||
        hak_region_remove(spare) != HAK_ERR_STOPPED || hak_malloc_in(HAK_MEMORY_USER, 16) != NULL)
        complain("a call about regions with tags does not say what is wrong");
    if (hak_release(10) != 0)
        complain("hak_release handed memory over");
    hak_tick();
}

static int look(const hak_block *block, void *context)
{
    (void)block, (void)context;
    return 0;
}

static void stopped(unsigned core)
{
    struct survivor *mine = &survivors[core - SURVIVOR_FIRST];
    const book_block big = now.blocks[mine->big], small = now.blocks[mine->small];
    void *p;
    uint64_t wait = time_of(&p, size_of.large);
    if (p != NULL)
        complain("malloc got the lock that another core holds");
    if (wait > WAIT_MOST)
        complain("the wait for a stopped core takes longer than its bound");
    survivors_need_no_lock();
    hak_free(big.start);
    if (hak_usable_size(big.start) != 0 || hak_realloc(big.start, 3 * size_of.large) != NULL ||
        hak_realloc(big.start, MINE) != NULL)
        complain("a block of the run layer is looked at without the lock");
    if (hak_realloc(small.start, 3 * size_of.large) != NULL)
        complain("a realloc that needs the lock did not return NULL");
    if (mine->noted != BOOK_NONE) {
        void *noted = now.blocks[mine->noted].start;
        const hak_region *r = run_region_of(noted);
        hak_free(noted);
        if (note_is_cached(r, region_granule(r, noted)))
            complain("a block that cannot be kept is noted as cached");
    }
    /* The last block of its page: that is noticed with the lock, but needs none. */
    hak_free(small.start);
    p = hak_malloc(MINE);
    if (p == NULL)
        complain("an empty page is of no use to its core without the lock");
    hak_free(p);
    if (hak_malloc(MINE) == NULL)
        complain("an empty page is of no use to its core without the lock");
    if (!book_holds(big, big.bytes) || !book_holds(small, small.bytes))
        complain("a block that stays did not keep its contents");
    if (hak_walk(look, NULL) != -1)
        complain("hak_walk does not say that it cannot go on");
    hak_core_idle();
}

/* Run layer, realloc, frees: as ever. */
static void undisturbed_by_it(unsigned core)
{
    unsigned char *p = hak_malloc(size_of.large), *q = hak_aligned_alloc(256, size_of.large);
    unsigned char *r = hak_malloc(MINE);
    hak_stats stats;
    if ((p == NULL || q == NULL || r == NULL) && !now.full)
        complain("a malloc failed while a core stood still without the lock");
    if (p != NULL)
        fill(p, size_of.large, core);
    if (r != NULL) {
        fill(r, MINE, core);
        unsigned char *moved = hak_realloc(r, size_of.large);
        if (moved == NULL && !now.full)
            complain("a realloc failed while a core stood still without the lock");
        if (moved != NULL)
            r = moved;
        if (!is_filled(r, MINE, core))
            complain("realloc lost the contents");
    }
    if (p != NULL && !is_filled(p, size_of.large, core))
        complain("a live block was written to");
    hak_free(r);
    hak_free(q);
    hak_free(p);
    hak_stats_get(&stats);
    if (stats.heap_bytes == 0 || hak_walk(look, NULL) != 0)
        complain("statistics or walk do not work without the core that stands still");
    const char *broken = hak_check();
    if (broken != NULL && !is_in_hand(broken))
        complain(broken);
    survivors_in_hand += broken != NULL && core == SURVIVOR_FIRST;
}

static void go_on(unsigned core, void *context)
{
    (void)context;
    if (core < SURVIVOR_FIRST)
        return;
    use_pool(core);
    if (core == SURVIVOR_FIRST)
        for (unsigned i = 0; i < VICTIMS; i++)
            if (victim[i] != NULL)
                hak_free(victim[i]);
    if (is_held)
        stopped(core);
    else
        undisturbed_by_it(core);
    use_pool(core);
}

void survivors_go_on(bool held, void *const victims[VICTIMS])
{
    is_held = held;
    for (unsigned i = 0; i < VICTIMS; i++)
        victim[i] = victims[i];
    uint64_t before = kit_nanoseconds();
    kit_parallel(SURVIVOR_CORES, go_on, NULL);
    if (held && reported_at - before < TURN_LEAST * HAK_LOCK_TURNS * step)
        complain("a core was taken for stopped too early");
}
