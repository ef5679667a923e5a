/* SPDX-License-Identifier: MIT */
/* Call sites, as a program sees them, in all builds of SITES. */
#ifndef SITES_TEST_H
#define SITES_TEST_H

#include "hak.h"
#include "kit.h"

/* Fail the case and return false. */
#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            kit_fail(__FILE__, __LINE__, #condition);                                              \
            return false;                                                                          \
        }                                                                                          \
    } while (0)

/* What this library can tell. */
typedef enum build { BUILD_OFF, BUILD_LIST, BUILD_COUNT } build;
extern build built;

enum { LIST_MOST = 300 };
extern hak_site_info list[LIST_MOST];
extern size_t listed;

/* Fill in the list; does it ascend to nothing, is "other" last, are its sums
 * those of stats? */
bool take_list(size_t most);

/* The line of a site; all 0 if it has none. NULL: "other". */
hak_site_info line_of(const void *site);

/* What a site holds, as the test knows it. */
typedef struct shadow {
    const hak_site *site;
    size_t blocks, bytes, peak, mallocs;
} shadow;
void shadow_add(shadow *s, const void *block);
void shadow_drop(shadow *s, const void *block); /* before it is freed */

/* Is the line of the site exactly that? */
bool line_is(const shadow *s);

extern size_t heap_bytes; /* heap= */

/* The cases of sites_cache.c. */
void test_reused(void);
void test_reused_at_random(void);
void test_reused_beside_small(void);
void test_cache_recalled(void);
void test_cache_cores(void);

/* The cases of sites_random.c. */
void test_random(void);
void test_small(void);
void test_many(void);
void test_cores(void);

#endif
