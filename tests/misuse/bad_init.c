/* SPDX-License-Identifier: MIT */
/* Every range that hak_init and hak_add_region refuse, and how. */
#include "misuse.h"

const bool misuse_without_heap = true;

typedef hak_status (*hand_over)(void *start, size_t size);

static bool refused(hand_over call, char *ram)
{
    char *const top = (char *)UINTPTR_MAX, *const low = (char *)(uintptr_t)4096;
    const size_t most = (size_t)1 << (sizeof(size_t) == 8 ? 36 : 31);
    HOLDS(call(NULL, 4096) == HAK_ERR_NULL);
    HOLDS(call(NULL, 0) == HAK_ERR_NULL);
    HOLDS(call(ram, 0) == HAK_ERR_ZERO);
    for (size_t size = 1; size < HAK_HEAP_MIN; size += 1 + size / 9)
        for (size_t shift = 0; shift < 17; shift += 5)
            HOLDS(call(ram + shift, size) == HAK_ERR_TOO_SMALL);
    HOLDS(call(low, most + 1) == HAK_ERR_TOO_BIG);
    HOLDS(call(low, most + most / 2) == HAK_ERR_TOO_BIG);
    HOLDS(call(ram, SIZE_MAX) == HAK_ERR_WRAP);
    HOLDS(call(top - 4000, 4002) == HAK_ERR_WRAP);
    HOLDS(call(top, 2) == HAK_ERR_WRAP);
    HOLDS(call(top - 100, MISUSE_BIT(37)) == HAK_ERR_WRAP);
    return misuse_silent();
}

/* Nothing was touched, and hak_init can still be called. */
static void test_init(void)
{
    size_t bytes;
    char *ram = kit_ram(2 * MISUSE_HEAP, &bytes);
    KIT_CHECK(ram != NULL && hak_add_region(ram, MISUSE_HEAP) == HAK_ERR_NOT_INIT);
    for (size_t i = 0; i < MISUSE_HEAP; i++)
        ram[i] = (char)(i % 251);
    KIT_CHECK(refused(hak_init, ram));
    for (size_t i = 0; i < MISUSE_HEAP; i++)
        KIT_CHECK(ram[i] == (char)(i % 251));
    KIT_CHECK(hak_malloc(10) == NULL);
    misuse_heap = ram;
    KIT_CHECK(hak_init(ram + 3, MISUSE_HEAP) == HAK_OK && misuse_silent());
    KIT_CHECK(hak_init(ram + 3, MISUSE_HEAP) == HAK_ERR_TWICE);
    KIT_CHECK(hak_init(ram + MISUSE_HEAP, MISUSE_HEAP) == HAK_ERR_TWICE);
    KIT_CHECK(hak_init(NULL, 0) == HAK_ERR_TWICE);
    KIT_CHECK(hak_malloc(10) != NULL && misuse_silent());
}

static void test_add_region(void)
{
    char *behind = misuse_heap + MISUSE_HEAP + 16;
    KIT_CHECK(refused(hak_add_region, behind));
    KIT_CHECK(hak_add_region(misuse_heap + 3, MISUSE_HEAP) == HAK_ERR_OVERLAP);
    KIT_CHECK(hak_add_region(misuse_heap + MISUSE_HEAP - 4096, 8192) == HAK_ERR_OVERLAP);
    KIT_CHECK(hak_add_region(misuse_heap - 4096, 8192) == HAK_ERR_OVERLAP);
    KIT_CHECK(hak_add_region(misuse_heap + 8192, 4096) == HAK_ERR_OVERLAP);
    KIT_CHECK(hak_add_region(misuse_heap - 64, MISUSE_HEAP * 2) == HAK_ERR_OVERLAP);
    unsigned count = 1;
    while (hak_add_region(behind + 4096 * count, 4096) == HAK_OK)
        count++;
    KIT_CHECK(count == 8 && hak_add_region(behind + 4096 * count, 4096) == HAK_ERR_REGIONS);
    KIT_CHECK(misuse_silent());
}

MISUSE_CASES({"bad_init", test_init}, {"bad_add_region", test_add_region});
