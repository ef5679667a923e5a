/* SPDX-License-Identifier: MIT */
/* Random work of many sites, and each line of the listing held against what the
 * test knows. */
#include "sites_test.h"

enum { SITES = 40, OBJECTS = 1200, MANY = 400, CORES_MOST = 4 };

typedef struct object {
    void *at;
    unsigned site;
} object;

static object objects[OBJECTS];
static shadow shadows[SITES];
static const char code[4 * MANY]; /* addresses that stand for call sites */

static void start(unsigned first)
{
    for (unsigned i = 0; i < SITES; i++)
        shadows[i] = (shadow){.site = HAK_SITE_AT(&code[4 * (first + i)])};
}

static size_t any_size(uint64_t *random, size_t least)
{
    uint64_t dice = kit_random(random) >> 16;
    return least + (size_t)(dice % (dice >> 32 & 31 ? 400 : 20000));
}

static void step(uint64_t *random, size_t least)
{
    object *o = &objects[kit_random(random) % OBJECTS];
    if (o->at != NULL) {
        shadow_drop(&shadows[o->site], o->at);
        if (kit_random(random) >> 40 & 3) {
            hak_free(o->at);
            o->at = NULL;
            return;
        }
        void *moved = hak_realloc_at(o->at, any_size(random, least), shadows[o->site].site);
        size_t mallocs = shadows[o->site].mallocs;
        shadow_add(&shadows[o->site], moved != NULL ? moved : o->at);
        if (moved == NULL || moved == o->at)
            shadows[o->site].mallocs = mallocs;
        o->at = moved != NULL ? moved : o->at;
        return;
    }
    o->site = (unsigned)(kit_random(random) >> 16) % SITES;
    o->at = hak_malloc_at(any_size(random, least), shadows[o->site].site);
    if (o->at != NULL)
        shadow_add(&shadows[o->site], o->at);
}

static void release_all(void)
{
    for (unsigned i = 0; i < OBJECTS; i++)
        if (objects[i].at != NULL) {
            shadow_drop(&shadows[objects[i].site], objects[i].at);
            hak_free(objects[i].at);
            objects[i].at = NULL;
        }
}

/* Blocks of 64 bytes and more: each of them is where it belongs. A realloc that
 * moves holds both blocks for a while, so peaks are at least the shadow's. */
void test_random(void)
{
    uint64_t random = kit_argument_number("seed", 1), ops = kit_argument_number("ops", 20000);
    start(0);
    for (uint64_t i = 0; i < ops; i++) {
        step(&random, 65);
        if (i % 1024 != 0)
            continue;
        KIT_CHECK(take_list(LIST_MOST) && hak_check() == NULL);
        if (built == BUILD_OFF)
            continue;
        for (unsigned s = 0; s < SITES; s++) {
            hak_site_info line = line_of(shadows[s].site);
            KIT_CHECK(line.live_blocks == shadows[s].blocks && line.live_bytes == shadows[s].bytes);
            KIT_CHECK(built == BUILD_LIST || line.mallocs == shadows[s].mallocs);
            KIT_CHECK(built == BUILD_LIST || line.peak_bytes >= shadows[s].peak);
        }
        KIT_CHECK(line_of(NULL).live_blocks == 0);
    }
    release_all();
    KIT_CHECK(take_list(LIST_MOST) && hak_check() == NULL);
}

/* Blocks of all sizes: what shares a tag is "other", and never another site's. */
void test_small(void)
{
    uint64_t random = kit_argument_number("seed", 1) + 77;
    release_all();
    start(SITES);
    for (unsigned i = 0; i < 20000; i++) {
        step(&random, 0);
        if (i % 1024 != 0)
            continue;
        KIT_CHECK(take_list(LIST_MOST) && hak_check() == NULL);
        for (unsigned s = 0; s < SITES; s++) {
            hak_site_info line = line_of(shadows[s].site);
            KIT_CHECK(line.live_blocks <= shadows[s].blocks && line.live_bytes <= shadows[s].bytes);
        }
    }
    release_all();
}

/* More sites than the table has places: none gets what is another's. */
void test_many(void)
{
    static void *block[MANY];
    size_t told = 0;
    for (unsigned i = 0; i < MANY; i++)
        KIT_CHECK((block[i] = hak_malloc_at(80 + i, HAK_SITE_AT(&code[4 * i]))) != NULL);
    KIT_CHECK(take_list(LIST_MOST) && hak_check() == NULL);
    for (unsigned i = 0; i < MANY; i++) {
        hak_site_info line = line_of(&code[4 * i]);
        KIT_CHECK(line.live_blocks <= 1);
        KIT_CHECK(line.live_blocks == 0 || line.live_bytes == hak_usable_size(block[i]));
        told += line.live_blocks;
    }
    if (built != BUILD_OFF)
        KIT_CHECK(told > 60 && told < 256 && line_of(NULL).live_blocks == MANY - told);
    for (unsigned i = 0; i < MANY; i++)
        hak_free(block[i]);
}

/* Each core allocates as its own site, keeps some, and frees some of the others'. */
static void *handed[CORES_MOST][64];

static void fill(unsigned core, void *context)
{
    (void)context;
    for (unsigned i = 0; i < 64; i++)
        handed[core][i] = hak_malloc_at(64 + 7 * i, HAK_SITE_AT(&code[4 * core]));
}

static void thin_out(unsigned core, void *context)
{
    unsigned cores = *(const unsigned *)context;
    static hak_site_info own[CORES_MOST][16];
    for (unsigned i = 0; i < 32; i++)
        hak_free(handed[(core + 1) % cores][i]);
    hak_sites_get(own[core], 16);
}

static void drop_rest(unsigned core, void *context)
{
    (void)context;
    for (unsigned i = 32; i < 64; i++)
        hak_free(handed[core][i]);
    hak_core_idle();
}

void test_cores(void)
{
    unsigned cores = kit_cores() < CORES_MOST ? kit_cores() : CORES_MOST;
    for (unsigned round = 0; round < 30; round++) {
        kit_parallel(cores, fill, NULL);
        kit_parallel(cores, thin_out, &cores);
        KIT_CHECK(take_list(LIST_MOST) && hak_check() == NULL);
        for (unsigned core = 0; core < cores && built != BUILD_OFF; core++) {
            size_t bytes = 0;
            for (unsigned i = 32; i < 64; i++)
                bytes += hak_usable_size(handed[core][i]);
            hak_site_info line = line_of(&code[4 * core]);
            KIT_CHECK(line.live_blocks == 32 && line.live_bytes == bytes);
            KIT_CHECK(built == BUILD_LIST || line.peak_bytes >= bytes);
        }
        kit_parallel(cores, drop_rest, NULL);
    }
    KIT_CHECK(take_list(LIST_MOST));
}
