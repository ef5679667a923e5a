/* SPDX-License-Identifier: MIT */
/* Every wrong pointer is reported as what it is, changes nothing, and is refused by
 * every call; what is written into free memory does no harm to blocks. */
#include "test.h"

/* The call reported p as this, once, and nothing changed. */
static bool reported(const void *p, hak_fault kind)
{
    HOLDS(test_faults() == 1 && test_fault == kind && test_fault_pointer == p);
    return true;
}

static bool refused(void *p, hak_fault kind)
{
    size_t before = tiny_free_granules();
    hak_free(p);
    HOLDS(reported(p, kind) && tiny_free_granules() == before);
    HOLDS(hak_realloc(p, 10) == NULL && reported(p, kind));
    HOLDS(hak_realloc(p, 3000) == NULL && reported(p, kind));
    HOLDS(hak_usable_size(p) == 0 && reported(p, kind) && tiny_free_granules() == before);
    return true;
}

/* Every address in and around: three blocks, of which the one in the middle is freed. */
static bool each_address(granule length)
{
    unsigned char *block[3], *p;
    for (unsigned i = 0; i < 3; i++)
        block[i] = hak_malloc(test_bytes(length));
    if (block[2] == NULL)
        return true;
    hak_free(block[1]);
    for (p = test_ram; p < test_ram + test_heap_bytes; p += 1 + (size_t)(p - test_ram) % 3) {
        bool inside = p >= (unsigned char *)tiny_address(tiny_first(tiny.end)) &&
                      p < (unsigned char *)tiny_address((granule)tiny.end);
        bool middle = p >= block[1] && p < block[2];
        bool behind = p >= block[2] + ((size_t)length << GRANULE_SHIFT);
        hak_fault kind = !inside                             ? HAK_FAULT_FOREIGN
                         : (uintptr_t)p % GRANULE_BYTES != 0 ? HAK_FAULT_MISALIGNED
                         : middle || behind                  ? HAK_FAULT_DOUBLE_FREE
                                                             : HAK_FAULT_INTERIOR;
        if (p != block[0] && p != block[2]) {
            hak_free(p);
            bool deep = test_fault == HAK_FAULT_NOT_A_BLOCK && tiny.end > 64 * UNIT_GRANULES;
            HOLDS(test_faults() == 1 && (test_fault == kind || deep));
        }
    }
    HOLDS(hak_usable_size(block[0]) == test_bytes(length));
    hak_free(block[0]);
    hak_free(block[2]);
    return test_all_back();
}

static void test_each_address(void)
{
    KIT_CHECK(test_heap(SIZE_MAX / 2, 0));
    for (granule length = TINY_LEAST; length < tiny_free_granules() / 3; length = length * 3 + 1)
        KIT_CHECK(each_address(length));
}

static void test_kinds(void)
{
    static char elsewhere[32];
    test_forget();
    KIT_CHECK(refused(elsewhere, HAK_FAULT_NOT_INIT));
    KIT_CHECK(hak_malloc(1) == NULL && hak_realloc(NULL, 1) == NULL && test_faults() == 0);
    KIT_CHECK(hak_aligned_alloc(64, 1) == NULL && hak_calloc(1, 1) == NULL && test_faults() == 0);
    KIT_CHECK(hak_check() == NULL && hak_usable_size(NULL) == 0);
    KIT_CHECK(test_heap(SIZE_MAX / 2, 0));
    char *p = hak_malloc(200), *q = hak_malloc(300);
    KIT_CHECK(refused(elsewhere, HAK_FAULT_FOREIGN) && refused(test_ram, HAK_FAULT_FOREIGN));
    KIT_CHECK(refused(test_ram + test_heap_bytes, HAK_FAULT_FOREIGN));
    KIT_CHECK(refused((void *)UINTPTR_MAX, HAK_FAULT_FOREIGN));
    KIT_CHECK(refused((void *)(uintptr_t)8, HAK_FAULT_FOREIGN));
    KIT_CHECK(refused(p + 1, HAK_FAULT_MISALIGNED) && refused(q + 20, HAK_FAULT_MISALIGNED));
    KIT_CHECK(refused(p + GRANULE_BYTES, HAK_FAULT_INTERIOR));
    KIT_CHECK(refused(q + 16 * GRANULE_BYTES, HAK_FAULT_INTERIOR));
    hak_free(p);
    KIT_CHECK(refused(p, HAK_FAULT_DOUBLE_FREE) && refused(p + 16, HAK_FAULT_DOUBLE_FREE));
    hak_free(q);
    KIT_CHECK(refused(p, HAK_FAULT_DOUBLE_FREE) && refused(q, HAK_FAULT_DOUBLE_FREE));
    hak_free(NULL);
    KIT_CHECK(test_faults() == 0 && test_all_back());
}

static void test_sizes(void)
{
    KIT_CHECK(test_heap(SIZE_MAX / 2, 0));
    void *p = hak_malloc(1);
    for (size_t size = SIZE_MAX; size > PTRDIFF_MAX; size -= SIZE_MAX / 16) {
        KIT_CHECK(hak_malloc(size) == NULL && reported(NULL, HAK_FAULT_SIZE));
        KIT_CHECK(hak_calloc(1, size) == NULL && reported(NULL, HAK_FAULT_SIZE));
        KIT_CHECK(hak_calloc(size, 2) == NULL && reported(NULL, HAK_FAULT_SIZE));
        KIT_CHECK(hak_realloc(p, size) == NULL && reported(p, HAK_FAULT_SIZE));
        KIT_CHECK(hak_aligned_alloc(64, size) == NULL && reported(NULL, HAK_FAULT_SIZE));
        KIT_CHECK(hak_aligned_alloc(size - 2, 1) == NULL && reported(NULL, HAK_FAULT_ALIGNMENT));
    }
    const size_t half = (size_t)1 << WORD_BITS / 2;
    KIT_CHECK(hak_calloc(half, half) == NULL && reported(NULL, HAK_FAULT_SIZE));
    KIT_CHECK(hak_calloc(half * 2 - 1, half) == NULL && reported(NULL, HAK_FAULT_SIZE));
    KIT_CHECK(hak_calloc(half / 2, half - 1) == NULL && test_faults() == 0);
    for (size_t size = PTRDIFF_MAX; size > tiny_free_granules() << GRANULE_SHIFT;
         size -= size / 7) {
        KIT_CHECK(hak_malloc(size) == NULL && hak_realloc(p, size) == NULL);
        for (size_t alignment = 1; alignment != 0; alignment *= 2)
            KIT_CHECK(hak_aligned_alloc(alignment, size) == NULL);
    }
    void *q = hak_malloc(0), *r = hak_calloc(0, SIZE_MAX);
    KIT_CHECK(q != NULL && r != NULL && q != r && hak_realloc(p, 0) == p);
    hak_free(p);
    hak_free(q);
    hak_free(r);
    KIT_CHECK(test_faults() == 0 && test_all_back());
}

static void test_bad_init(void)
{
    unsigned char *top = (unsigned char *)UINTPTR_MAX;
    test_forget();
    KIT_CHECK(hak_add_region(test_ram, 1000) == HAK_ERR_NOT_INIT);
    KIT_CHECK(hak_init(NULL, 4096) == HAK_ERR_NULL && hak_init(NULL, 0) == HAK_ERR_NULL);
    KIT_CHECK(hak_init(test_ram, 0) == HAK_ERR_ZERO);
    for (size_t size = 1; size < TINY_LEAST_BYTES; size += 9)
        KIT_CHECK(hak_init(test_ram, size) == HAK_ERR_TOO_SMALL);
    KIT_CHECK(hak_init(test_ram, SIZE_MAX) == HAK_ERR_WRAP);
    KIT_CHECK(hak_init(top - 4000, 4002) == HAK_ERR_WRAP && hak_init(top, 2) == HAK_ERR_WRAP);
    KIT_CHECK(hak_init(test_ram, ((size_t)HAK_TINY_GRANULES << GRANULE_SHIFT) + 1) ==
              HAK_ERR_TOO_BIG);
    KIT_CHECK(tiny.end == 0 && hak_malloc(1) == NULL);
    KIT_CHECK(test_heap(SIZE_MAX / 2, 3));
    KIT_CHECK(hak_init(test_ram, 1000) == HAK_ERR_TWICE && hak_init(NULL, 0) == HAK_ERR_TWICE);
    KIT_CHECK(hak_add_region(test_ram, 1000) == HAK_ERR_REGIONS);
}

enum { BLOCKS = 24 };

/* Blocks are as they were written, and none overlaps another. */
static bool serves(uint64_t random)
{
    static unsigned char *block[BLOCKS];
    static uint16_t bytes[BLOCKS];
    for (unsigned i = 0; i < 600; i++) {
        uint64_t dice = kit_random(&random) >> 8;
        unsigned k = (unsigned)(dice % BLOCKS);
        if (block[k] != NULL) {
            for (size_t n = 0; n < bytes[k]; n++)
                HOLDS(block[k][n] == (unsigned char)(k + n));
            HOLDS(hak_usable_size(block[k]) >= bytes[k]);
            hak_free(block[k]);
            block[k] = NULL;
            continue;
        }
        bytes[k] = (uint16_t)(dice >> 16 & ((1u << (dice >> 40) % 9) - 1));
        block[k] = hak_malloc(bytes[k]);
        for (size_t n = 0; block[k] != NULL && n < bytes[k]; n++)
            block[k][n] = (unsigned char)(k + n);
    }
    for (unsigned k = 0; k < BLOCKS; k++) {
        hak_free(block[k]);
        block[k] = NULL;
    }
    hak_check(); /* it may complain, but must come back */
    return true;
}

static int write_junk(const hak_block *block, void *context)
{
    uint64_t *random = context, dice = kit_random(random) >> 8;
    unsigned char *p = block->address;
    if (block->kind != HAK_BLOCK_FREE || dice % 2 == 0)
        return 0;
    for (unsigned i = 0; i < 4; i++)
        p[i] = (unsigned char)(dice % 4 < 2 ? dice >> (8 + 8 * i) : 0 - (dice >> 2 & 1));
    return 0;
}

/* Links that look right: any extent, before any other. */
typedef struct forger {
    uint64_t random;
    granule last;
} forger;

static int forge(const hak_block *block, void *context)
{
    forger *f = context;
    if (block->kind != HAK_BLOCK_FREE)
        return 0;
    granule g = (granule)(((uintptr_t)block->address - tiny.base) >> GRANULE_SHIFT);
    uint64_t dice = kit_random(&f->random) >> 8;
    if (f->last != 0 && dice % 3 != 0) {
        granule from = dice & 64 ? f->last : g, to = dice & 64 ? g : f->last;
        test_links(from)->next = test_ref(to);
        test_links(to)->previous = test_ref(from);
    }
    if (dice % 5 == 0)
        test_links(g)->previous = 0;
    f->last = g;
    return 0;
}

static bool after_damage(uint64_t seed, bool forged)
{
    unsigned char *block[BLOCKS];
    forger f = {seed * 77 + 1, 0};
    HOLDS(test_heap(SIZE_MAX / 2, 0));
    for (unsigned i = 0; i < BLOCKS; i++)
        block[i] = hak_malloc((size_t)(kit_random(&f.random) >> 40) % (seed % 2 == 0 ? 60 : 200));
    for (unsigned i = 0; i < BLOCKS; i += 2)
        hak_free(block[i]);
    hak_walk(forged ? forge : write_junk, &f);
    HOLDS(serves(seed));
    for (unsigned i = 1; i < BLOCKS; i += 2)
        hak_free(block[i]);
    HOLDS(serves(seed * 3));
    HOLDS(test_faults() == 0 || test_fault == HAK_FAULT_CORRUPT);
    return true;
}

static void test_junk(void)
{
    for (uint64_t seed = 1, end = kit_argument_number("rounds", 30); seed <= end; seed++)
        KIT_CHECK(after_damage(seed, false));
}

static void test_forged(void)
{
    for (uint64_t seed = 1, end = kit_argument_number("rounds", 30); seed <= end; seed++)
        KIT_CHECK(after_damage(seed, true));
}

/* A link that was cleared is found, and said. */
static void test_corrupt(void)
{
    KIT_CHECK(test_heap(SIZE_MAX / 2, 0));
    char *p[4];
    for (unsigned i = 0; i < 4; i++)
        p[i] = hak_malloc(40);
    hak_free(p[0]);
    hak_free(p[2]);
    *(uint32_t *)(void *)p[2] = 0;
    KIT_CHECK(hak_check() != NULL && test_faults() == 0);
    hak_free(p[1]);
    KIT_CHECK(test_faults() == 1 && test_fault == HAK_FAULT_CORRUPT);
    KIT_CHECK(test_fault_pointer == p[2] || test_fault_pointer == p[0]);
}

static granule granule_of(const void *p)
{
    return (granule)(((uintptr_t)p - tiny.base) >> GRANULE_SHIFT);
}

/* A free extent's link is bent to a block whose bytes look like the link back: the block
 * stays as it is. Of a list of three the middle one's links, and the first one's. */
static bool bent_to_block(bool first, bool forward)
{
    enum { LENGTH = 5 };
    char *p[8];
    HOLDS(test_heap(SIZE_MAX / 2, 0));
    for (unsigned i = 0; i < 8; i++)
        HOLDS((p[i] = hak_malloc(test_bytes(LENGTH))) != NULL);
    for (unsigned i = 1; i < 6; i += 2)
        hak_free(p[i]);
    granule bent = granule_of(p[first ? 5 : 3]), block = granule_of(p[6]);
    *test_links(block) = (tiny_link){test_ref(bent), test_ref(bent)};
    if (forward)
        test_links(bent)->next = test_ref(block);
    else
        test_links(bent)->previous = test_ref(block);
    hak_free(p[first ? 4 : 2]); /* joins it */
    HOLDS(test_faults() == 1 && test_fault == HAK_FAULT_CORRUPT);
    HOLDS(test_links(block)->next == test_ref(bent) &&
          test_links(block)->previous == test_ref(bent));
    for (unsigned i = 0; i < 8; i++)
        HOLDS(hak_malloc(test_bytes(LENGTH)) != p[6]);
    return true;
}

/* The same, to a free extent that does not link back. */
static bool bent_to_free(void)
{
    char *p[10];
    HOLDS(test_heap(SIZE_MAX / 2, 0));
    for (unsigned i = 0; i < 10; i++)
        HOLDS((p[i] = hak_malloc(i == 7 ? 500 : 40)) != NULL);
    for (unsigned i = 1; i < 9; i += 2)
        hak_free(p[i]);
    test_links(granule_of(p[3]))->next = test_ref(granule_of(p[7]));
    hak_free(p[4]);
    HOLDS(test_faults() == 1 && test_fault == HAK_FAULT_CORRUPT);
    HOLDS(hak_malloc(400) == p[7] && test_faults() == 0);
    return true;
}

static void test_bent(void)
{
    KIT_CHECK(bent_to_free());
    KIT_CHECK(bent_to_block(false, false));
    KIT_CHECK(bent_to_block(false, true));
    KIT_CHECK(bent_to_block(true, true));
}

/* A block was written past its end, or memory that is free in front of it: its free says so,
 * what lies behind is refused, and all others stay as they were. */
static bool overrun(hak_word junk, bool behind_free)
{
    char *p[6], *keep = NULL;
    HOLDS(test_heap(SIZE_MAX / 2, 0));
    for (unsigned i = 0; i < 6; i++)
        HOLDS((p[i] = hak_malloc(test_bytes(5))) != NULL);
    for (unsigned i = 0; i < test_bytes(5); i++)
        p[1][i] = p[4][i] = (char)(i * 3);
    if (behind_free)
        hak_free(p[3]);
    *(hak_word *)((uintptr_t)p[3] - sizeof(hak_word)) = junk;
    hak_free(p[2]);
    HOLDS(test_faults() == 1 && test_fault == HAK_FAULT_CORRUPT && test_fault_pointer == p[3]);
    hak_free(p[3]);
    HOLDS(test_faults() >= 1 && test_fault != HAK_FAULT_CORRUPT && test_fault_pointer == p[3]);
    HOLDS(serves((uint64_t)junk | 1));
    for (unsigned i = 0; i < test_bytes(5); i++)
        HOLDS(p[1][i] == (char)(i * 3) && p[4][i] == (char)(i * 3));
    while ((keep = hak_malloc(20)) != NULL)
        for (unsigned i = 0; i < 6; i++)
            HOLDS((i != 1 && i != 4 && i != 5) || keep + 20 <= p[i] ||
                  keep >= p[i] + test_bytes(5));
    return true;
}

/* One byte too many, whichever: neither block is freed, and both can be once it is as it was. */
static bool byte_too_many(void)
{
    char *p[4];
    HOLDS(test_heap(SIZE_MAX / 2, 0));
    for (unsigned i = 0; i < 4; i++)
        HOLDS((p[i] = hak_malloc(test_bytes(4 + i))) != NULL);
    char *byte = p[1] + test_bytes(5), was = *byte;
    size_t free = tiny_free_granules();
    for (unsigned c = 1; c < 256; c++) {
        *byte = (char)(was + (char)c);
        hak_free(p[1]);
        HOLDS(test_faults() == 1 && test_fault == HAK_FAULT_CORRUPT && test_fault_pointer == p[2]);
        hak_free(p[2]);
        HOLDS(test_faults() == 1 && hak_check() != NULL && tiny_free_granules() == free);
    }
    *byte = was;
    for (unsigned i = 0; i < 4; i++)
        hak_free(p[i]);
    HOLDS(test_faults() == 0);
    return test_all_back();
}

static void test_overrun(void)
{
    static const hak_word junk[] = {0, ~(hak_word)0, 0x41414141, 1, 8, 0x20000};
    if (TINY_HEADER_BYTES == 0) {
        kit_print("skip tiny_overrun: there are no headers\n");
        return;
    }
    KIT_CHECK(byte_too_many());
    for (unsigned i = 0; i < sizeof junk / sizeof junk[0]; i++) {
        KIT_CHECK(overrun(junk[i], false));
        KIT_CHECK(overrun(junk[i], true));
    }
}

/* A list goes on in another zone, as no list does: the first one there is no other's first. */
static void test_two_zones(void)
{
    enum { ZONE_BYTES = 4096 * GRANULE_BYTES, ROOM = 400 };
    char *p = NULL, *q, *low[2], *high[2];
    size_t shift = ZONE_BYTES - (uintptr_t)test_ram % ZONE_BYTES;
    if (TINY_HEADER_BYTES == 0 || shift + 8 * ROOM > test_ram_bytes) {
        kit_print("skip tiny_two_zones: no zone ends in the memory\n");
        return;
    }
    KIT_CHECK(test_heap(SIZE_MAX / 2, 0));
    for (; p == NULL || p < (char *)test_ram + shift - 2 * ROOM;)
        KIT_CHECK((p = hak_malloc(100)) != NULL);
    for (unsigned i = 0; i < 2; i++)
        KIT_CHECK((low[i] = hak_malloc(40)) != NULL && hak_malloc(40) != NULL);
    for (p = low[0]; p < (char *)test_ram + shift;)
        KIT_CHECK((p = hak_malloc(100)) != NULL);
    for (unsigned i = 0; i < 2; i++)
        KIT_CHECK((high[i] = hak_malloc(40)) != NULL && hak_malloc(40) != NULL);
    for (unsigned i = 0; i < 2; i++) {
        hak_free(low[i]);
        hak_free(high[i]);
    }
    test_links(granule_of(low[1]))->next = test_ref(granule_of(high[1]));
    KIT_CHECK(hak_malloc(40) == low[1] && test_faults() == 1 && test_fault == HAK_FAULT_CORRUPT);
    KIT_CHECK((p = hak_malloc(40)) == high[1] && (q = hak_malloc(40)) == high[0]);
    KIT_CHECK(hak_malloc(40) != high[1]);
}

/* Two free extents of different lists whose links confirm each other, as those of freed
 * nodes do that are written to: neither becomes the first of both lists. */
static void test_two_lists(void)
{
    char *p[6], *q;
    KIT_CHECK(test_heap(SIZE_MAX / 2, 0));
    for (unsigned i = 0; i < 6; i++)
        KIT_CHECK((p[i] = hak_malloc(i == 3 ? 300 : 40)) != NULL);
    hak_free(p[1]);
    hak_free(p[3]);
    granule a = granule_of(p[1]), b = granule_of(p[3]);
    test_links(a)->next = test_ref(b);
    test_links(b)->previous = test_ref(a);
    q = hak_malloc(40);
    KIT_CHECK(q == p[1]); /* for size, lists are not believed: it may be found out later */
    KIT_CHECK(TINY_HEADER_BYTES == 0 || (test_faults() == 1 && test_fault == HAK_FAULT_CORRUPT));
    char *r = hak_malloc(40), *s = hak_malloc(290);
    KIT_CHECK(r != p[3] || s < p[3] || s >= p[3] + 300);
    for (unsigned i = 0; i < 40; i++)
        r[i] = 'r';
    hak_free(s);
    hak_free(p[5]);
    for (unsigned i = 0; i < 40; i++)
        KIT_CHECK(r[i] == 'r');
}

const kit_case test_misuse_cases[TEST_MISUSE_CASES] = {
    {"tiny_kinds", test_kinds},         {"tiny_each_address", test_each_address},
    {"tiny_sizes", test_sizes},         {"tiny_bad_init", test_bad_init},
    {"tiny_junk", test_junk},           {"tiny_forged", test_forged},
    {"tiny_corrupt", test_corrupt},     {"tiny_bent", test_bent},
    {"tiny_overrun", test_overrun},     {"tiny_two_lists", test_two_lists},
    {"tiny_two_zones", test_two_zones},
};
