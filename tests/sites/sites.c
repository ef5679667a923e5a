/* SPDX-License-Identifier: MIT */
/* hak_malloc_at and its like, names, the listing. seed= ops= for the random cases; heap=. */
#include "sites_test.h"

size_t heap_bytes;
build built;
hak_site_info list[LIST_MOST];
size_t listed;

static unsigned faults;
static const void *fault_site;

void hak_port_fault(hak_fault kind, const void *pointer, const void *call_site)
{
    (void)kind, (void)pointer;
    faults++;
    fault_site = call_site;
}

HAK_SITE_DEFINE(rx, "uart rx");

bool take_list(size_t most)
{
    hak_stats stats;
    size_t blocks = 0, bytes = 0;
    listed = hak_sites_get(list, most);
    hak_stats_get(&stats);
    HOLDS(listed <= most);
    for (size_t i = 0; i < listed; i++) {
        bool last = i + 1 == listed, other = list[i].address == NULL;
        HOLDS(!other || last);
        HOLDS(!other || (list[i].name != NULL && list[i].name[0] == 'o'));
        HOLDS(i == 0 || other || list[i].live_bytes <= list[i - 1].live_bytes);
        HOLDS(built == BUILD_COUNT ||
              (list[i].peak_bytes == 0 && list[i].mallocs == 0 && list[i].failures == 0));
        blocks += list[i].live_blocks;
        bytes += list[i].live_bytes;
    }
    HOLDS(built == BUILD_OFF || (blocks == stats.live_blocks && bytes == stats.live_bytes));
    return true;
}

/* Lines of sites that hold something. */
static size_t holders(void)
{
    size_t count = 0;
    for (size_t i = 0; i < listed; i++)
        count += list[i].live_blocks != 0;
    return count;
}

hak_site_info line_of(const void *site)
{
    hak_site_info none = {0};
    for (size_t i = 0; i < listed; i++)
        if (list[i].address == site)
            return list[i];
    return none;
}

void shadow_add(shadow *s, const void *block)
{
    s->blocks++;
    s->mallocs++;
    s->bytes += hak_usable_size(block);
    if (s->bytes > s->peak)
        s->peak = s->bytes;
}

void shadow_drop(shadow *s, const void *block)
{
    s->blocks--;
    s->bytes -= hak_usable_size(block);
}

bool line_is(const shadow *s)
{
    hak_site_info line = line_of(s->site);
    HOLDS(line.live_blocks == s->blocks && line.live_bytes == s->bytes);
    if (built == BUILD_COUNT)
        HOLDS(line.peak_bytes == s->peak && line.mallocs == s->mallocs);
    return true;
}

static bool is_text(const char *a, const char *b)
{
    while (*a != 0 && *a == *b)
        a++, b++;
    return *a == *b;
}

__attribute__((noinline)) static void *wrapper(size_t size)
{
    return hak_malloc_at(size, HAK_CALLER);
}

/* One line for every kind of call. */
static void test_calls(void)
{
    const hak_site *tx = HAK_SITE("uart tx");
    shadow of_rx = {.site = &rx}, of_tx = {.site = tx};
    void *block[6];
    KIT_CHECK((block[0] = hak_malloc_at(100, &rx)) != NULL);
    KIT_CHECK((block[1] = hak_calloc_at(10, 20, &rx)) != NULL);
    KIT_CHECK((block[2] = hak_aligned_alloc_at(256, 5000, &rx)) != NULL);
    KIT_CHECK((block[3] = hak_malloc_at(70000, tx)) != NULL);
    KIT_CHECK((block[4] = hak_realloc_at(NULL, 300, tx)) != NULL);
    for (unsigned i = 0; i < 5; i++)
        shadow_add(i < 3 ? &of_rx : &of_tx, block[i]);
    KIT_CHECK(((unsigned char *)block[1])[199] == 0 && (uintptr_t)block[2] % 256 == 0);
    KIT_CHECK(take_list(LIST_MOST));
    if (built != BUILD_OFF)
        KIT_CHECK(line_is(&of_rx) && line_is(&of_tx) && is_text(line_of(tx).name, "uart tx"));
    /* moved: another site's from then on */
    shadow_drop(&of_rx, block[0]);
    KIT_CHECK((block[0] = hak_realloc_at(block[0], 9000, tx)) != NULL);
    shadow_add(&of_tx, block[0]);
    block[5] = wrapper(64);
    KIT_CHECK(take_list(LIST_MOST));
    if (built != BUILD_OFF)
        KIT_CHECK(line_is(&of_rx) && line_is(&of_tx) && holders() == 3);
    for (unsigned i = 0; i < 6; i++)
        hak_free(block[i]);
    KIT_CHECK(take_list(LIST_MOST) && holders() == 0);
    KIT_CHECK(faults == 0 && hak_check() == NULL);
}

static void test_names(void)
{
    KIT_CHECK(is_text(hak_site_name(&rx), "uart rx"));
    KIT_CHECK(is_text(hak_site_name(HAK_SITE("x")), "x"));
    KIT_CHECK(hak_site_name(NULL) == NULL && hak_site_name((const char *)&rx + 1) == NULL);
    KIT_CHECK(hak_site_name(&faults) == NULL &&
              hak_site_name((void *)(uintptr_t)test_names) == NULL);
    KIT_CHECK(hak_malloc_at((size_t)-1, &rx) == NULL && fault_site == &rx && faults == 1);
    KIT_CHECK(hak_calloc_at((size_t)-1, 2, &rx) == NULL && fault_site == &rx && faults == 2);
    KIT_CHECK(hak_aligned_alloc_at(3, 2, &rx) == NULL && fault_site == &rx && faults == 3);
    faults = 0;
}

/* Two calls in two places, and one that both go through. */
__attribute__((noinline)) static void *here(size_t size)
{
    void *p = hak_malloc(size);
    __asm__ volatile("");
    return p;
}

static void test_return_addresses(void)
{
    void *a = here(500), *b = hak_malloc(600), *c = wrapper(700), *d = wrapper(800), *e = here(400);
    KIT_CHECK(take_list(LIST_MOST));
    if (built != BUILD_OFF) {
        KIT_CHECK(holders() == 4 && list[0].live_bytes >= 900 && list[0].live_blocks == 2);
        for (size_t i = 0; i < listed; i++)
            KIT_CHECK(list[i].live_blocks == 0 ||
                      (list[i].name == NULL && list[i].address != NULL));
    }
    hak_free(a);
    hak_free(b);
    hak_free(c);
    hak_free(d);
    hak_free(e);
}

/* Short lists: what is cut off is "other". */
static void test_cut(void)
{
    void *block[7];
    static const char code[7 * 4];
    for (unsigned i = 0; i < 7; i++)
        block[i] = hak_malloc_at(100 * (1 + i * 3 % 7), HAK_SITE_AT(&code[i * 4]));
    for (size_t most = 0; most < 10; most++) {
        if (most == 0)
            KIT_CHECK(hak_sites_get(list, 0) == 0);
        else
            KIT_CHECK(take_list(most));
        if (most > 0 && most < 7 && built != BUILD_OFF)
            KIT_CHECK(listed == most && list[most - 1].address == NULL);
        if (most > 1 && built == BUILD_LIST)
            KIT_CHECK(list[0].live_bytes >= 700 && list[0].live_bytes < 800);
    }
    for (unsigned i = 0; i < 7; i++)
        hak_free(block[i]);
}

static void test_failures(void)
{
    for (int i = 0; i < 3; i++)
        KIT_CHECK(hak_malloc_at(heap_bytes, &rx) == NULL);
    KIT_CHECK(take_list(LIST_MOST));
    if (built == BUILD_COUNT)
        KIT_CHECK(line_of(&rx).failures == 3);
}

int kit_main(void)
{
    static const kit_case cases[] = {
        {"sites_calls", test_calls},
        {"sites_names", test_names},
        {"sites_returns", test_return_addresses},
        {"sites_cut", test_cut},
        {"sites_failures", test_failures},
        {"sites_reused", test_reused},
        {"sites_reused_at_random", test_reused_at_random},
        {"sites_reused_beside_small", test_reused_beside_small},
        {"sites_cache_recalled", test_cache_recalled},
        {"sites_cache_cores", test_cache_cores},
        {"sites_random", test_random},
        {"sites_small", test_small},
        {"sites_many", test_many},
        {"sites_cores", test_cores},
    };
    static const hak_site first = {"first"};
    size_t bytes;
    heap_bytes = (size_t)kit_argument_number("heap", 1 << 20);
    void *ram = kit_ram(heap_bytes, &bytes);
    if (hak_init(ram, heap_bytes) != HAK_OK)
        return 1;
    void *block = hak_malloc_at(1000, &first);
    if (hak_sites_get(list, LIST_MOST) != 0)
        built = list[0].mallocs != 0 ? BUILD_COUNT : BUILD_LIST;
    hak_free(block);
    return kit_run_cases(cases, sizeof cases / sizeof cases[0]);
}
