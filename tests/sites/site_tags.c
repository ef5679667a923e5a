/* SPDX-License-Identifier: MIT */
/* What lies inside: tags that were overwritten, stripes, accounts. For builds
 * with SITES=list and SITES=count. */
#include "kit.h"
#include "sites.h"

enum { HEAP_BYTES = 1 << 20, BLOCKS = 400, LIST_MOST = 8 };

static hak_site_info list[LIST_MOST];
static size_t listed;
static void *block[BLOCKS];
HAK_SITE_DEFINE(red, "red");
HAK_SITE_DEFINE(blue, "blue");

static hak_site_info line_of(const hak_site *site)
{
    hak_site_info none = {0};
    listed = hak_sites_get(list, LIST_MOST);
    for (size_t i = 0; i < listed; i++)
        if (list[i].address == site)
            return list[i];
    return none;
}

static void take(size_t size, const hak_site *site)
{
    for (unsigned i = 0; i < BLOCKS; i++)
        block[i] = hak_malloc_at(size, site);
}

static void give(void)
{
    for (unsigned i = 0; i < BLOCKS; i++)
        hak_free(block[i]);
}

#include "accounts.h"

/* Where the tag of a pool's block lies. */
static uint8_t *tag_of(const void *p)
{
    const hak_maps *maps = &pools.maps;
    uintptr_t offset = (uintptr_t)p - maps->base;
    unsigned kind = maps->kinds[offset >> UNIT_SHIFT];
    if (kind == 0)
        return NULL;
    const hak_class *c = &pools.classes[kind - 1];
    uint32_t inside = (uint32_t)offset & (((uint32_t)c->units << UNIT_SHIFT) - 1);
    return &sites_page_tags(maps, (offset - inside) >> UNIT_SHIFT, kind)[class_index(c, inside)];
}

static bool lies_in_heap(const void *tag)
{
    return (uintptr_t)tag - run.first.first_address < run.first.usable_bytes;
}

/* Every place of a tag: of blocks of 16, 32, 48 bytes in the page, of larger ones
 * in the map; never in a block. */
static void test_places(void)
{
    for (size_t size = 16; size <= 512; size += 16) {
        unsigned pooled = 0;
        take(size, &red);
        for (unsigned i = 0; i < BLOCKS; i++) {
            const uint8_t *tag = tag_of(block[i]);
            if (tag == NULL)
                continue;
            pooled++;
            KIT_CHECK(sites_get(tag) == sites_find(&red));
            KIT_CHECK(lies_in_heap(tag) == (size < 64));
            for (unsigned k = 0; k < BLOCKS; k++)
                KIT_CHECK((uintptr_t)tag - (uintptr_t)block[k] >= size);
        }
        KIT_CHECK(pooled > BLOCKS / 4);
        give();
    }
}

/* Tags that the program overwrote: the sums hold, nothing else is touched. */
static void test_overwritten(void)
{
    static const uint8_t wild[] = {255, HAK_SITES - 1, 128, 0};
    hak_stats stats;
    for (size_t size = 16; size <= 256; size += 16) {
        take(size, &red);
        for (unsigned i = 0; i < BLOCKS; i += 2)
            if (tag_of(block[i]) != NULL)
                *tag_of(block[i]) = wild[i / 2 % 4];
        hak_stats_get(&stats);
        KIT_CHECK(line_of(&red).live_blocks < BLOCKS);
        size_t blocks = 0, bytes = 0;
        for (size_t i = 0; i < listed; i++) {
            blocks += list[i].live_blocks;
            bytes += list[i].live_bytes;
        }
        KIT_CHECK(blocks == stats.live_blocks && bytes == stats.live_bytes);
        KIT_CHECK(hak_check() == NULL);
        give();
        KIT_CHECK(hak_check() == NULL);
        hak_stats_get(&stats);
        KIT_CHECK(stats.live_blocks == 0 && stats.faults == 0);
    }
}

static bool is_whole(void)
{
    return hak_check() == NULL && account_agrees(&red) && account_agrees(&blue);
}

/* Two blocks in one stripe of the run layer: the last one has the tag. First of
 * all cases: no page is there yet, so a small block fills the hole. */
static void test_stripe(void)
{
    unsigned char *a = hak_aligned_alloc_at(64, 64, &red), *c;
    unsigned char *fence = hak_aligned_alloc_at(64, 64, &blue);
    KIT_CHECK(a != NULL && fence == a + 64 && line_of(&red).live_blocks == 1);
    KIT_CHECK(hak_realloc(a, 48) == a && line_of(&red).live_bytes == 48);
    unsigned char *b = hak_malloc_at(16, &blue);
    KIT_CHECK(b == a + 48);
    KIT_CHECK(line_of(&red).live_blocks == 0 && line_of(&blue).live_blocks == 2);
    KIT_CHECK(list[listed - 1].address == NULL && list[listed - 1].live_bytes == 48);
    KIT_CHECK(is_whole());
    hak_free(b); /* its tag is not the other's now */
    KIT_CHECK(line_of(&red).live_blocks == 0 && line_of(&blue).live_blocks == 1);
    KIT_CHECK(list[listed - 1].live_blocks == 1 && is_whole());
    b = hak_malloc_at(16, &blue);
    hak_free(a); /* the one before goes: the last one keeps its tag */
    KIT_CHECK(b == a + 48 && line_of(&blue).live_blocks == 2);
    c = hak_aligned_alloc_at(64, 48, &red); /* before a live one: "other" */
    KIT_CHECK(c == a && line_of(&red).live_blocks == 0 && line_of(&blue).live_blocks == 2);
    hak_free(b);
    hak_free(c);
    c = hak_aligned_alloc_at(64, 64, &red);
    KIT_CHECK(c == a && line_of(&red).live_bytes == 64 && is_whole());
    KIT_CHECK(hak_realloc(c, 48) == c && (b = hak_malloc_at(16, &red)) == c + 48);
    KIT_CHECK(line_of(&red).live_blocks == 2 && line_of(&red).live_bytes == 64); /* both share it */
    hak_free(b);
    KIT_CHECK(line_of(&red).live_blocks == 1 && line_of(&red).live_bytes == 48);
    hak_free(c);
    hak_free(fence);
    KIT_CHECK(line_of(&red).live_blocks == 0 && is_whole());
}

/* hak_check sees a tag in the map that names no site. */
static void test_check(void)
{
    void *p = hak_malloc_at(100000, &red);
    uintptr_t offset = (uintptr_t)p - run.first.maps.base;
    uint8_t *tag = &run.first.maps.tags[offset / (MARKS_STRIPE * HAK_GRANULE)];
    uint8_t old = *tag;
    unsigned free_place = 1;
    while (word_get(&pools.sites[free_place].address) != 0)
        free_place++;
    KIT_CHECK((old & ~MARKS_SHARED) == (int)sites_find(&red));
    *tag = (uint8_t)free_place;
    KIT_CHECK(hak_check() != NULL);
    *tag = old;
    KIT_CHECK(hak_check() == NULL);
    hak_free(p);
}

/* An idle core frees with the lock held. */
static void test_idle(void)
{
    for (size_t size = 16; size <= 512; size *= 2) {
        take(size, &red);
        hak_core_idle();
        for (unsigned i = 0; i < BLOCKS; i += 2)
            hak_free(block[i]);
        KIT_CHECK(is_whole() && line_of(&red).live_blocks > BLOCKS / 2 - 40);
        for (unsigned i = 1; i < BLOCKS; i += 2)
            hak_free(block[i]);
        KIT_CHECK(is_whole() && line_of(&red).live_blocks == 0);
    }
}

/* Sites that hash to one place find others. */
static void test_collisions(void)
{
    static const char code[4 * HAK_SITES * (SITES_PROBES + 1)];
    bool used[HAK_SITES] = {false};
    for (unsigned i = 0; i <= SITES_PROBES; i++) {
        const void *site = &code[(size_t)4 * HAK_SITES * i];
        hak_tag tag = sites_find(site);
        KIT_CHECK(tag != SITES_OTHER && tag < HAK_SITES && tag == sites_find(site) && !used[tag]);
        used[tag] = true;
    }
}

static const kit_case cases[] = {
    {"tags_stripe", test_stripe},
    {"tags_places", test_places},
    {"tags_idle", test_idle},
    {"tags_check", test_check},
    {"tags_collisions", test_collisions},
    {"tags_accounts", test_accounts},
    {"tags_overwritten", test_overwritten},
};

int kit_main(void)
{
    size_t bytes;
    void *ram = kit_ram(HEAP_BYTES, &bytes);
    if (hak_init(ram, HEAP_BYTES) != HAK_OK)
        return 1;
    return kit_run_cases(cases, sizeof cases / sizeof cases[0]);
}
