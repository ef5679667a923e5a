/* SPDX-License-Identifier: MIT */
/*
 * src/fork.c, step by step: one thread plays all cores, stops one of them where
 * a fork might find it, and calls the handlers. Afterwards hak_check must be
 * content and a walk must count just the blocks that hak_stats_get() counts.
 * fork_steps NAME; main() has the names.
 */
#include <sys/mman.h>

#include "hak_fork.h"
#include "pool.h"
#include "port_arch.h"
#include "real.h"

enum { BYTES = 800, MANY = 400 };
static const size_t HEAP_BYTES = (size_t)16 << 20;
static unsigned char *held[MANY];

static void be_core(unsigned core) { hak_host_core_plus_1 = core + 1; }

/* The page of a block, and the block's bit. */
static hak_page page_at(void *p, unsigned *index, hak_word *bit)
{
    hak_region *r = run_region_of(p);
    hak_spot spot;
    unsigned kind = region_kind_at(&r->maps, p);
    CHECK(kind != 0 && pool_find(r, kind - 1, p, &spot) == HAK_FAULT_NONE);
    *index = spot.index;
    *bit = spot.bit;
    return spot.page;
}

typedef struct sums {
    size_t blocks, bytes;
} sums;

static int visit(const hak_block *shown, void *context)
{
    sums *sum = context;
    sum->blocks += shown->kind == HAK_BLOCK_LIVE;
    sum->bytes += shown->kind == HAK_BLOCK_LIVE ? shown->size_bytes : 0;
    return 0;
}

/* What core 0's thread finds in the child. */
static void check_whole(const char *what)
{
    sums sum = {0, 0};
    hak_stats stats;
    const char *broken = hak_check();
    CHECK(hak_walk(visit, &sum) == 0);
    hak_stats_get(&stats);
    if (broken != NULL || sum.blocks != stats.live_blocks || sum.bytes != stats.live_bytes)
        fprintf(stderr, "%s: check %s; blocks %zu, counted %zu; bytes %zu, counted %zu\n", what,
                broken == NULL ? "ok" : broken, sum.blocks, stats.live_blocks, sum.bytes,
                stats.live_bytes);
    CHECK(broken == NULL && sum.blocks == stats.live_blocks && sum.bytes == stats.live_bytes);
}

static void fork_as_core_0(const char *what)
{
    be_core(0);
    hak_fork_prepare();
    hak_fork_child();
    check_whole(what);
}

/* Core 1 fills many pages. */
static void fill(void)
{
    be_core(1);
    for (unsigned i = 0; i < MANY; i++)
        CHECK((held[i] = hak_malloc(BYTES)) != NULL);
}

/* Core 0 frees all that it still can; nothing may stay taken. */
static void free_all(const char *what)
{
    hak_stats stats;
    be_core(0);
    for (unsigned i = 0; i < MANY; i++) {
        hak_free(held[i]);
        held[i] = NULL;
    }
    check_whole(what);
    hak_stats_get(&stats);
    CHECK(stats.live_blocks == 0 && stats.faults == 0);
    /* All of it can be had by this core: nothing is out of reach. */
    size_t most = stats.heap_bytes - stats.metadata_bytes - stats.page_bytes;
    for (size_t sum = 0; sum < most - most / 8; sum += 10 * BYTES)
        CHECK(hak_malloc(10 * BYTES) != NULL);
}

/* Drains of core 1: after its first, its second step. */
static void drain(unsigned steps)
{
    unsigned index;
    hak_word bit;
    fill();
    void *p = held[MANY - 1];
    hak_page page = page_at(p, &index, &bit);
    hak_slot *slot = pool_slot(1, index);
    CHECK(slot->page.id == page.id);
    be_core(0);
    hak_free(p);
    held[MANY - 1] = NULL;
    CHECK((*slot->freed & bit) != 0);
    slot->free |= bit;
    if (steps == 2)
        *slot->freed &= ~bit;
    fork_as_core_0("drain");
    be_core(1); /* whoever is this core next hands the block out, once */
    CHECK((held[MANY - 1] = hak_malloc(BYTES)) == p);
}

/* A page of core 1's past that nobody owns, none of whose blocks is free. */
static unsigned full_page(hak_page *page, unsigned *index)
{
    hak_word bit;
    for (unsigned i = 0; i < MANY; i++) {
        unsigned kind = region_kind_at(&run_region_of(held[i])->maps, held[i]);
        if (kind == 0)
            continue;
        *page = page_at(held[i], index, &bit);
        if (page_state(*page) == PAGE_FULL)
            return i;
    }
    CHECK(!"a full page");
    return 0;
}

/* Core 2 frees the first block, or the last, of a page; stopped before the
 * page is listed, or retired, and before the free is counted. */
static void remote_free(bool last)
{
    hak_page page, other;
    unsigned index, index_too;
    hak_word bit;
    fill();
    unsigned i = full_page(&page, &index);
    be_core(2);
    for (unsigned j = 0; last && j < MANY; j++) {
        if (j == i || region_kind_at(&run_region_of(held[j])->maps, held[j]) == 0)
            continue;
        other = page_at(held[j], &index_too, &bit);
        if (other.id != page.id)
            continue;
        hak_free(held[j]);
        held[j] = NULL;
    }
    CHECK(last ? page_is_listed(page_state(page)) : page_state(page) == PAGE_FULL);
    page = page_at(held[i], &index, &bit);
    *page_freed(page) |= bit | PAGE_KNOWN;
    held[i] = NULL;
    fork_as_core_0(last ? "last free" : "first free");
}

/* Core 3 waits for the lock. */
static void ticket(void)
{
    fill();
    be_core(0);
    hak_fork_prepare();
    run.lock.next += 2;
    alarm(10); /* in case of a deadlock */
    hak_fork_child();
    check_whole("ticket");
    alarm(0);
}

/* Core 1 popped a block but did not count it: it stays live, and is counted. */
static void pop(void)
{
    unsigned index;
    hak_word bit;
    fill();
    page_at(held[MANY - 1], &index, &bit);
    hak_slot *slot = pool_slot(1, index);
    CHECK(slot->free != 0 || hak_malloc(BYTES) != NULL);
    bit = slot->free & -slot->free;
    slot->free ^= bit;
    fork_as_core_0("pop");
    slot->free |= bit;
}

static void drain_1(void) { drain(1); }
static void drain_2(void) { drain(2); }
static void first_free(void) { remote_free(false); }
static void last_free(void) { remote_free(true); }

static void idle_pages(void)
{
    fill();
    fork_as_core_0("nothing");
    be_core(1);
    CHECK(pools.active[1] == 0 && pools.active[0] != 0); /* others' pages can be adopted */
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } TESTS[] = {{"drain_1", drain_1},      {"drain_2", drain_2}, {"first_free", first_free},
                 {"last_free", last_free},  {"ticket", ticket},   {"pop", pop},
                 {"idle_pages", idle_pages}};
    void *heap = mmap(NULL, HEAP_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(count == 2 && heap != MAP_FAILED && hak_init(heap, HEAP_BYTES) == HAK_OK);
    for (unsigned i = 0; i < sizeof TESTS / sizeof *TESTS; i++)
        if (strcmp(arguments[1], TESTS[i].name) == 0) {
            TESTS[i].run();
            free_all(arguments[1]);
            return 0;
        }
    return 2;
}
