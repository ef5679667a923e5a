/* SPDX-License-Identifier: MIT */
/* Call sites and the reuse cache: what it keeps is nobody's, what it hands out is
 * the caller's. */
#include <stdatomic.h>

#include "sites_test.h"

/* Blocks of the cache's smallest class: all of them take less than half of the heap. */
#define BIG (heap_bytes / 64 + 616)

enum { SITES = 6, OBJECTS = 20, CORES_MOST = 4, IN_HAND = 5 };

typedef struct object {
    void *at;
    unsigned site;
    size_t big_bytes;
} object;

static object objects[OBJECTS];
static shadow shadows[SITES];
static size_t big_bytes[SITES]; /* in blocks that do not share a tag */
static const char code[4 * CORES_MOST];

/* Sites 3 to 5 differ from 0 to 2 in bits that the cache does not look at by itself. */
static void start(void)
{
    for (unsigned i = 0; i < SITES; i++) {
        uintptr_t address = (uintptr_t)&code[4 * (i % 3)] + ((uintptr_t)(i / 3) << 26);
        shadows[i] = (shadow){.site = HAK_SITE_AT(address)};
        if (take_list(LIST_MOST))
            shadows[i].mallocs = line_of(shadows[i].site).mallocs;
        big_bytes[i] = 0;
    }
}

static size_t hits(void)
{
    hak_stats stats;
    hak_stats_get(&stats);
    return stats.malloc_cache;
}

static bool take(object *o, unsigned site, size_t size)
{
    o->site = site;
    o->at = hak_malloc_at(size, shadows[site].site);
    HOLDS(o->at != NULL);
    o->big_bytes = size > BIG / 2 ? hak_usable_size(o->at) : 0;
    big_bytes[site] += o->big_bytes;
    shadow_add(&shadows[site], o->at);
    return true;
}

static void give(object *o)
{
    if (o->at == NULL)
        return;
    shadow_drop(&shadows[o->site], o->at);
    big_bytes[o->site] -= o->big_bytes;
    hak_free(o->at);
    o->at = NULL;
}

static bool lines_are_right(bool exact)
{
    HOLDS(take_list(LIST_MOST) && hak_check() == NULL);
    for (unsigned i = 0; i < SITES && built != BUILD_OFF; i++) {
        hak_site_info line = line_of(shadows[i].site);
        HOLDS(line.live_bytes >= big_bytes[i] && line.live_bytes <= shadows[i].bytes);
        HOLDS(!exact || line.live_bytes == shadows[i].bytes);
        HOLDS(!exact || line.live_blocks == shadows[i].blocks);
        HOLDS(!exact || built == BUILD_LIST || line.mallocs == shadows[i].mallocs);
        HOLDS(!exact || built == BUILD_LIST || line.peak_bytes >= shadows[i].peak);
    }
    return true;
}

/* The same site again, then one that the cache takes for it; if sites are known, it
 * does not. */
void test_reused(void)
{
    object o = {0};
    start();
    for (unsigned i = 0; i < 12; i++) {
        size_t before = hits();
        KIT_CHECK(take(&o, i < 6 || i % 2 == 0 ? 1 : 4, BIG));
        KIT_CHECK(i == 0 || (i >= 6 && built != BUILD_OFF) || hits() == before + 1);
        KIT_CHECK(i != 7 || built == BUILD_OFF || hits() == before);
        KIT_CHECK(lines_are_right(true));
        give(&o);
        KIT_CHECK(lines_are_right(true));
    }
}

/* Blocks come and go, more than the cache has seats and entries for. */
static void random_work(bool small)
{
    uint64_t random = kit_argument_number("seed", 1) + 5;
    size_t before = hits();
    start();
    for (unsigned i = 0; i < 6000; i++) {
        object *o = &objects[kit_random(&random) % OBJECTS];
        uint64_t dice = kit_random(&random) >> 16;
        uint64_t bytes =
            dice % 4 == 0 ? (small ? dice / 4 % 60 : 65 + dice / 4 % 400) : BIG + dice / 4 % 3 * 16;
        size_t size = (size_t)bytes;
        if (o->at != NULL)
            give(o);
        else
            KIT_CHECK(take(o, (unsigned)(dice >> 20) % SITES, size));
        KIT_CHECK(i % 64 != 0 || lines_are_right(!small));
    }
    for (unsigned i = 0; i < OBJECTS; i++)
        give(&objects[i]);
    KIT_CHECK(lines_are_right(!small) && hits() > before + 100);
}
void test_reused_at_random(void) { random_work(false); }
void test_reused_beside_small(void) { random_work(true); }

/* A heap that seems full takes back what is cached. */
void test_cache_recalled(void)
{
    object o = {0};
    start();
    KIT_CHECK(take(&o, 0, BIG));
    give(&o);
    for (unsigned i = 0; i < OBJECTS; i++)
        objects[i].at = hak_malloc_at(heap_bytes / 10, shadows[1].site);
    KIT_CHECK(take_list(LIST_MOST) && hak_check() == NULL);
    for (unsigned i = 0; i < OBJECTS; i++) {
        hak_free(objects[i].at);
        objects[i].at = NULL;
    }
    KIT_CHECK(take_list(LIST_MOST) && hak_check() == NULL);
}

/* Cores free each other's blocks, while one of them checks. */
static _Atomic(void *) in_hand[CORES_MOST][IN_HAND];
static _Atomic(const char *) broken;

static void swap_blocks(unsigned core, void *context)
{
    unsigned cores = *(const unsigned *)context;
    for (unsigned i = 0; i < 300; i++) {
        void *fresh = hak_malloc_at(BIG, HAK_SITE_AT(&code[4 * core]));
        hak_free(atomic_exchange(&in_hand[core][i % IN_HAND], fresh));
        hak_free(atomic_exchange(&in_hand[(core + 1) % cores][i * 3 % IN_HAND], NULL));
        const char *complaint = core == 0 && i % 8 == 0 ? hak_check() : NULL;
        if (complaint != NULL)
            atomic_store(&broken, complaint);
    }
}

void test_cache_cores(void)
{
    unsigned cores = kit_cores() < CORES_MOST ? kit_cores() : CORES_MOST;
    kit_parallel(cores, swap_blocks, &cores);
    if (atomic_load(&broken) != NULL)
        kit_print("hak_check: %s\n", atomic_load(&broken));
    KIT_CHECK(atomic_load(&broken) == NULL);
    KIT_CHECK(take_list(LIST_MOST) && hak_check() == NULL);
    for (unsigned core = 0; core < cores; core++) {
        size_t bytes = 0, blocks = 0;
        for (unsigned i = 0; i < IN_HAND; i++) {
            void *p = atomic_load(&in_hand[core][i]);
            bytes += hak_usable_size(p);
            blocks += p != NULL;
        }
        hak_site_info line = line_of(&code[4 * core]);
        KIT_CHECK(built == BUILD_OFF || (line.live_bytes == bytes && line.live_blocks == blocks));
    }
    for (unsigned core = 0; core < cores; core++)
        for (unsigned i = 0; i < IN_HAND; i++)
            hak_free(atomic_exchange(&in_hand[core][i], NULL));
    KIT_CHECK(take_list(LIST_MOST) && hak_check() == NULL);
}
