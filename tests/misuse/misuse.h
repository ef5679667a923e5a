/* SPDX-License-Identifier: MIT */
/*
 * Programs that do wrong, one kind of wrong each. A bad call must be reported
 * with its kind, its pointer and a call site in the program, return what the
 * header says, and leave the heap whole.
 */
#ifndef MISUSE_H
#define MISUSE_H

#include "hak.h"
#include "kit.h"

/* A bit of a word; the highest one, if there are not so many. */
#define MISUSE_BIT(n) ((size_t)1 << ((n) < sizeof(size_t) * 8 ? (n) : sizeof(size_t) * 8 - 1))

enum {
    /* Room for pools: a small block lies in a page. */
    MISUSE_HEAP = 1 << 20,
    /* Sizes of a block in a page, of one in the run layer, and of one that the reuse
     * cache may keep. */
    IN_PAGE = 64,
    IN_RUN = 625 * HAK_GRANULE, /* three of them in 64 map words */
    IN_CACHE = 17000
};

/* The heap, and where it is. Done by the main function before the cases unless
 * the program says misuse_without_heap. */
extern char *misuse_heap;
extern const bool misuse_without_heap;
bool misuse_start(void);

/* The program's cases. */
extern const kit_case misuse_cases[];
extern const size_t misuse_count;
#define MISUSE_CASES(...)                                                                          \
    const kit_case misuse_cases[] = {__VA_ARGS__};                                                 \
    const size_t misuse_count = sizeof misuse_cases / sizeof misuse_cases[0]

/* Blocks in a page, for certain: so many of IN_PAGE bytes that the class has
 * pages. They stay allocated; the last `count` are written to `block`. */
bool misuse_page_blocks(char **block, unsigned count);

/* Make the call with p and check that it is reported as `kind` (or as the
 * second one, where two are right), that it returns what it must, and that the
 * heap is whole after it. */
bool misuse_free(void *p, hak_fault kind, hak_fault or_kind);
bool misuse_realloc(void *p, size_t size, hak_fault kind, hak_fault or_kind);
bool misuse_usable_size(void *p, hak_fault kind, hak_fault or_kind);
/* All three. */
bool misuse_every_call(void *p, hak_fault kind, hak_fault or_kind);

/* Calls whose size or alignment is bad: the pointer reported is `p`. */
bool misuse_size(void *(*call)(void), const void *p, hak_fault kind);

/* Was nothing reported since the last question? And is the heap whole? */
bool misuse_silent(void);

/* Thousands of operations on the heap, after it was damaged: no block overlaps
 * another, or one that is live already, or lies outside, whatever is reported. */
bool misuse_heap_serves(uint64_t seed);

/* Forget what was reported so far: nothing but these two. */
bool misuse_only(hak_fault kind, hak_fault or_kind);
static inline bool misuse_only_corrupt(void)
{
    return misuse_only(HAK_FAULT_CORRUPT, HAK_FAULT_CORRUPT);
}

/* What the fault hook calls as well, if it is not NULL. */
extern void (*misuse_hook)(void);

/* Fail the case and return false. */
#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            kit_fail(__FILE__, __LINE__, #condition);                                              \
            return false;                                                                          \
        }                                                                                          \
    } while (0)

#endif
