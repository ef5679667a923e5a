/* SPDX-License-Identifier: MIT */
/*
 * Explores every execution of a few calls on a few cores: every order of their
 * accesses to the words that are shared without the run lock, and, for every load
 * of one, every store that it may still read. The sources are the library's own,
 * built with -fsanitize=thread: each access calls a __tsan_* function, and those
 * are in explore.c.
 *
 * The memory is a view machine, as in release/acquire models without out-of-thin-air
 * values: each word has a list of stores, each core the oldest of them that it may
 * still read; an acquire load takes over what a release store knew; a
 * read-modify-write reads the newest. [Kang et al., A promising semantics, POPL 2017,
 * without promises]
 * Orders that only exchange two accesses to different words are explored once.
 * [Godefroid, sleep sets, 1996]
 */
#ifndef EXPLORE_H
#define EXPLORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EXPLORE_THREADS = 3 };

typedef struct explore_scenario {
    const char *name;
    void (*prepare)(void); /* once, alone */
    struct {
        unsigned core;
        void (*body)(void);
    } thread[EXPLORE_THREADS];
    const char *(*broken)(void); /* after each execution, alone; NULL: all is well */
} explore_scenario;

/* The words to watch, and what to put back before each execution. */
typedef struct explore_memory {
    bool (*is_shared)(uintptr_t address);
    uintptr_t lock; /* 4 bytes */
    struct {
        void *start;
        size_t bytes;
    } parts[4];
} explore_memory;

/* What is broken, or NULL; *executions that were made. */
const char *explore(const explore_scenario *scenario, const explore_memory *memory,
                    uint64_t *executions);

#endif
