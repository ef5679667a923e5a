/* SPDX-License-Identifier: MIT */
/*
 * hak_release() with a hook that does something: free memory goes back to the host that
 * runs this machine, by its balloon, and the host's own figures show it.
 *
 * The argument device=none: there is no balloon, and that is told.
 */
#include "balloon.h"
#include "hak.h"
#include "kit.h"

#include <stdatomic.h>

enum { KIB = 1024, BLOCK = 1024 * KIB, BLOCKS = 49, HEAP = 96 * BLOCK, NOISE_KIB = 4096 };

static unsigned char *block[BLOCKS];
static size_t reported, longest_call;

void hak_port_release(void *start, size_t bytes)
{
    reported += balloon_report(start, bytes);
    longest_call = bytes > longest_call ? bytes : longest_call;
}

/* What the host's kernel has given this machine: RssAnon of the process that runs it. */
static long resident_kib(void)
{
    static char text[4096];
    static const char key[] = "RssAnon:";
    long file = kit_file_open("/proc/self/status");
    long bytes = kit_file_read(file, text, sizeof text - 1);
    kit_file_close(file);
    for (long i = 0, same = 0; i < bytes; i++) {
        same = text[i] == key[same] ? same + 1 : 0;
        if (key[same] != 0)
            continue;
        long kib = 0;
        while (text[++i] == ' ' || text[i] == '\t')
            ;
        for (; text[i] >= '0' && text[i] <= '9'; i++)
            kib = 10 * kib + text[i] - '0';
        return kib;
    }
    return -1;
}

static void tell(const char *what, size_t kib)
{
    kit_print("%-44s %7zu KiB   resident: %7ld KiB\n", what, kib, resident_kib());
}

static void fill(unsigned i)
{
    for (size_t at = 0; at < BLOCK; at++)
        block[i][at] = (unsigned char)(i + at / 251 + 1);
}

static bool is_whole(unsigned i)
{
    for (size_t at = 0; at < BLOCK; at++)
        if (block[i][at] != (unsigned char)(i + at / 251 + 1))
            return false;
    return true;
}

/* Two of three blocks; the first and the last stay. */
static bool goes(unsigned i) { return i % 3 != 0; }

static bool allocate_and_fill(void)
{
    for (unsigned i = 0; i < BLOCKS; i++) {
        if (block[i] != NULL)
            continue;
        block[i] = hak_malloc(BLOCK);
        if (block[i] == NULL)
            return false;
        fill(i);
    }
    return true;
}

/* Free blocks that the reuse cache keeps come back to the extents. */
static void recall(void) { hak_free(hak_malloc(HEAP)); }

static size_t free_some(void)
{
    size_t bytes = 0;
    for (unsigned i = 0; i < BLOCKS; i++) {
        if (!goes(i))
            continue;
        bytes += hak_usable_size(block[i]);
        hak_free(block[i]);
        block[i] = NULL;
    }
    recall();
    return bytes;
}

static void test_given_back(void)
{
    tell("start", 0);
    KIT_CHECK(allocate_and_fill());
    hak_release(SIZE_MAX); /* the rest of the heap, which was never touched */
    long full = resident_kib();
    tell("allocated and written", BLOCKS * (BLOCK / KIB));
    size_t freed = free_some();
    tell("freed, and still there", freed / KIB);
    reported = 0;
    size_t handed = hak_release(SIZE_MAX);
    long after = resident_kib();
    tell("hak_release: given back", reported / KIB);
    KIT_CHECK(full > (long)(BLOCKS * (BLOCK / KIB)) && longest_call <= BLOCK);
    KIT_CHECK(handed > freed - BLOCK / 4 && handed <= freed + BLOCK && reported <= handed);
    KIT_CHECK(reported > freed - BLOCKS * 2 * BALLOON_PAGE);
    KIT_CHECK(full - after > (long)(freed / KIB) - NOISE_KIB);
    reported = 0;
    KIT_CHECK(hak_release(SIZE_MAX) == 0 && reported == 0);
}

static void test_kept(void)
{
    for (unsigned i = 0; i < BLOCKS; i++)
        KIT_CHECK(goes(i) || is_whole(i));
    KIT_CHECK(hak_check() == NULL);
}

/* The host took it: it is zero, and is there again when written. */
static void test_used_again(void)
{
    KIT_CHECK(balloon_start() == NULL); /* once more, after reports */
    long before = resident_kib();
    unsigned char *p = hak_malloc(BLOCK), *q = hak_calloc(1, BLOCK);
    KIT_CHECK(p != NULL && q != NULL);
    size_t other = 0;
    for (size_t at = 2 * BALLOON_PAGE; at < BLOCK - 2 * BALLOON_PAGE; at++)
        other += p[at] != 0;
    KIT_CHECK(other == 0);
    for (size_t at = 0; at < BLOCK; at++)
        KIT_CHECK(q[at] == 0);
    hak_free(p);
    hak_free(q);
    KIT_CHECK(allocate_and_fill());
    tell("allocated and written again", BLOCKS * (BLOCK / KIB));
    KIT_CHECK(resident_kib() - before > (BLOCKS / 2) * (BLOCK / KIB));
    for (unsigned i = 0; i < BLOCKS; i++)
        KIT_CHECK(is_whole(i));
}

/* Blocks of other cores lie around what one core hands over, come and go. */
enum { OWN = 24, TURNS = 120, LEAST = 8 * KIB, MOST = 256 * KIB };
static atomic_uint busy, bad;

static void use_one(unsigned char **p, size_t *bytes, uint64_t *random, unsigned char mark)
{
    for (size_t at = 0; *p != NULL && at < *bytes; at += 64)
        if ((*p)[at] != mark)
            atomic_fetch_add(&bad, 1);
    hak_free(*p);
    *bytes = LEAST + (size_t)(kit_random(random) % (MOST - LEAST));
    *p = hak_malloc(*bytes);
    for (size_t at = 0; *p != NULL && at < *bytes; at++)
        (*p)[at] = mark;
}

static void body(unsigned core, void *context)
{
    (void)context;
    unsigned char *own[OWN] = {NULL};
    size_t bytes[OWN] = {0};
    uint64_t random = core + 1;
    while (core == 0 && atomic_load(&busy) != 0)
        hak_release(20);
    for (unsigned turn = 0; core != 0 && turn < TURNS; turn++) {
        unsigned i = (unsigned)(kit_random(&random) % OWN);
        use_one(&own[i], &bytes[i], &random, (unsigned char)(core * OWN + i + 1));
    }
    for (unsigned i = 0; i < OWN; i++)
        hak_free(own[i]);
    if (core != 0)
        atomic_fetch_sub(&busy, 1);
}

static void test_beside_others(void)
{
    for (unsigned i = 0; i < BLOCKS; i++)
        hak_free(block[i]);
    recall();
    reported = 0;
    atomic_store(&busy, kit_cores() - 1);
    kit_parallel(kit_cores(), body, NULL);
    KIT_CHECK(atomic_load(&bad) == 0 && hak_check() == NULL);
    KIT_CHECK(kit_cores() == 1 || reported > MOST);
    kit_print("%zu KiB given back while %u cores allocated\n", reported / KIB, kit_cores() - 1);
}

static void test_no_device(void)
{
    const char *wrong = balloon_start();
    KIT_CHECK(wrong != NULL);
    kit_print("%s\n", wrong);
    KIT_CHECK(hak_malloc(BLOCK) != NULL && hak_release(SIZE_MAX) != 0 && reported == 0);
}

int kit_main(void)
{
    static const kit_case with[] = {
        {"balloon_given_back", test_given_back},
        {"balloon_kept", test_kept},
        {"balloon_used_again", test_used_again},
        {"balloon_beside_others", test_beside_others},
    };
    static const kit_case without[] = {{"balloon_no_device", test_no_device}};
    void *heap = kit_ram(HEAP, &(size_t){0});
    if (heap == NULL || hak_init(heap, HEAP) != HAK_OK) {
        kit_print("FAIL balloon: no heap of %d KiB\n", HEAP / KIB);
        return 1;
    }
    if (kit_argument("device") != NULL)
        return kit_run_cases(without, 1);
    const char *wrong = balloon_start();
    if (wrong != NULL) {
        kit_print("FAIL balloon: %s\n", wrong);
        return 1;
    }
    return kit_run_cases(with, sizeof with / sizeof with[0]);
}
