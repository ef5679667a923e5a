/* SPDX-License-Identifier: MIT */
/*
 * growth regions   fill memory until it is refused: with HAK_FIRST=4M only then
 *                  may NULL come when all regions are there
 * growth large     requests larger than any region so far
 * growth limit     under a limit of address space: refused, and goes on after it
 * growth trim      what is free goes back to the kernel
 */
#include <errno.h>
#include <malloc.h>
#include <sys/resource.h>

#include "real.h"

enum { MIB = 1 << 20 };

/* Blocks of one size, in a list, until there are `most` of them or no more. */
static unsigned fill(void **list, size_t size, unsigned most)
{
    unsigned count = 0;
    for (void **p; count < most && (p = malloc(size)) != NULL; count++) {
        *p = *list;
        *list = p;
    }
    return count;
}

static void drop(void *list)
{
    while (list != NULL) {
        void *next = *(void **)list;
        free(list);
        list = next;
    }
}

/* 4 MiB, doubled seven times: 1020 MiB and no more. */
static void regions(void)
{
    void *list = NULL, *again = NULL;
    errno = 0;
    unsigned count = fill(&list, 400000, 10000);
    CHECK(errno == ENOMEM && count > 2500 && count < 2675);
    CHECK(malloc(400000) == NULL && errno == ENOMEM);
    drop(list);
    CHECK(fill(&again, 400000, 10000) >= count);
    drop(again);
    list = NULL;
    CHECK(fill(&list, 2000, 30000) == 30000);
    drop(list);
}

static void large(void)
{
    size_t resident = resident_bytes();
    char *p[4];
    for (unsigned i = 0; i < 4; i++) {
        size_t size = (size_t)3 << (26 + i); /* 192 MiB to 1.5 GiB */
        p[i] = malloc(size);
        CHECK(p[i] != NULL && malloc_usable_size(p[i]) >= size);
        p[i][0] = p[i][size - 1] = 1;
    }
    CHECK(aligned_alloc((size_t)1 << 28, (size_t)1 << 28) != NULL);
    CHECK((p[0] = realloc(p[0], (size_t)5 << 30)) != NULL && p[0][0] == 1);
    for (unsigned i = 0; i < 4; i++)
        free(p[i]);
    /* Maps are 1/40 of a region; the rest stays untouched but for what the
     * realloc copied. */
    CHECK(resident_bytes() < resident + ((size_t)1 << 30));
}

static void limit(void)
{
    struct rlimit space = {400u * MIB, 400u * MIB};
    void *list = NULL, *again = NULL;
    CHECK(setrlimit(RLIMIT_AS, &space) == 0);
    errno = 0;
    CHECK(malloc(500u * MIB) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(malloc(150u * MIB) != NULL && malloc(70u * MIB) != NULL);
    CHECK(errno == 0); /* though there was no room to double */
    unsigned count = fill(&list, MIB, 1000);
    CHECK(errno == ENOMEM && count >= 60); /* all but what maps and programs take */
    drop(list);
    CHECK(fill(&again, MIB, 1000) >= count);
    drop(again);
}

/* Pages of free memory go back to the kernel, and read as zero then. */
static void trim(void)
{
    enum { BLOCKS = 60 };
    char *p[BLOCKS], *whole;
    for (unsigned i = 0; i < BLOCKS; i++) {
        CHECK((p[i] = malloc(MIB)) != NULL);
        memset(p[i], 1, MIB);
    }
    size_t full = resident_bytes();
    for (unsigned i = 0; i < BLOCKS; i += 2)
        free(p[i]);
    malloc_trim(0);
    CHECK(resident_bytes() < full - BLOCKS / 4 * (size_t)MIB);
    for (unsigned i = 1; i < BLOCKS; i += 2)
        CHECK(p[i][0] == 1 && p[i][MIB - 1] == 1);
    CHECK((whole = calloc(BLOCKS / 2, MIB)) != NULL);
    for (size_t i = 0; i < (size_t)BLOCKS / 2 * MIB; i += 4096)
        CHECK(whole[i] == 0);
}

int main(int count, char **arguments)
{
    const char *what = count == 2 ? arguments[1] : "";
    if (strcmp(what, "regions") == 0)
        regions();
    else if (strcmp(what, "large") == 0)
        large();
    else if (strcmp(what, "limit") == 0)
        limit();
    else if (strcmp(what, "trim") == 0)
        trim();
    else
        return 2;
    return 0;
}
