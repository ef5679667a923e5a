/* SPDX-License-Identifier: MIT */
/*
 * Interrupted at every instruction. A scene is a public call in some state of the
 * heap. A timer interrupt lands on one instruction of the call, its handler acts on
 * the same heap, and when the call is done everything is looked at. Then the heap is
 * rewound, and the next interrupt lands one instruction later.
 *
 *   interrupt.c  the sweep              landing.c an interrupt on an instruction
 *   actions.c    what handlers do       calls.c   the calls
 *   setup.c      building states        judge.c   what must have become of them
 *   states_run.c such that all have     rewind.c  taking the heap back
 *   book.c       whose the blocks are
 *
 *   full, tiny            of each build: what its inside is, its states, its scenes
 *   aarch64, cortex_m     of each kind of core: where an interrupt landed
 *
 * All but interrupt.c, actions.c, tiny and what is marked ALONE are tests/parked's, too.
 *
 * Not here: hak_policy_load, which comes before hak_init and touches no heap, and
 * hak_tick_each and hak_fail_nth, which only builds of their own have.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include "base.h"
#include "kit.h"

/* The size of the small blocks, and others that suit the heap: of the run layer, and
 * one that the reuse cache keeps (0: there is none). */
enum { SMALL = 48 };
typedef struct sizes {
    size_t large, cached;
} sizes;
extern sizes size_of;

/* The site of all blocks that the cache may keep. */
extern const hak_site *const big_site;

/* book.c: the blocks that are live, each filled with a pattern of its own. */
enum { BOOK_MOST = 640, BOOK_NONE = -1 };
typedef struct book_block {
    unsigned char *start; /* NULL: this place is free */
    size_t bytes;
    uint32_t seed;
} book_block;

/* Enter a block that was just handed out; fills it. Its number. */
int book_add(void *block, size_t bytes);
/* The block is about to be freed or resized: verify it, and forget it. */
book_block book_take(int number);
/* A block that was taken out stays as it was after all. */
void book_return(book_block block);
/* Does the block have the pattern, in its first so many bytes? */
bool book_holds(book_block block, size_t bytes);
/* Verify all blocks, and that the heap's figures are those of the book. */
void book_verify(void);
/* Free them all. */
void book_free_all(void);

/* What is rewound with the heap, beside the book. */
/* The tags of the memory that a scene may hand over, and whether a block may come from it
 * at any time in the call. */
enum { SPARE_TAGS = HAK_MEMORY_USER };
typedef enum spare_state { NO_TAGS, TAGS_SERVE, TAGS_MAY_SERVE } spare_state;

typedef struct scene_state {
    book_block blocks[BOOK_MOST];
    unsigned blocks_used; /* all behind are free */
    uint32_t seed;
    /* What the handler may free; BOOK_NONE. */
    int in_page, in_other_page, in_run, noted, in_spare;
    /* Of the call: the block that it frees or resizes, and what it is asked for. */
    int subject_number; /* in the book until the state is built; BOOK_NONE */
    book_block subject;
    size_t bytes, alignment;
    bool full; /* the heap is: calls may fail */
    spare_state spare;
    /* A pointer that is no block's; how often the handler freed it; the library's reports
     * of that, in the call and in the handler; its own count of them at the beginning. */
    void *bad;
    size_t misused, reported, reported_in_handler, faults_before;
    bool in_handler;
    const void *result;
} scene_state;
extern scene_state now;

/* What a call must bring about. */
typedef enum expectation {
    A_BLOCK,         /* of now.bytes bytes */
    ZEROED,          /* the same, all of them 0 */
    IF_ROOM,         /* the same or, as the heap is full, NULL */
    RESIZED,         /* the subject, of now.bytes bytes, moved or not */
    RESIZED_IF_ROOM, /* or it stays as it is */
    FREED,           /* the subject is no more */
    KEPT,            /* the subject is as it was; and */
    NOT_NULL,        /* the result is no NULL, */
    NULL_ONLY,       /* or is */
    REPORTED,        /* nothing, as the pointer is bad; it was reported once */
    ANYTHING
} expectation;

/* a heap with a reuse cache; not with a core that stops */
enum { CACHED = 0x100, ALONE = 0x200, CORES = 0xff };

typedef struct scene {
    const char *name;
    void (*prepare)(void);
    void (*call)(void);
    expectation expects;
    unsigned needs; /* how many cores; and perhaps */
    size_t stage; /* without an interrupt it goes by here: the figure of hak_stats, by its offset */
} scene;
extern const scene scenes[];
extern const unsigned scene_count;

/* What the handler does. */
typedef struct action {
    const char *name;
    void (*act)(void);
} action;
extern const action actions[];
extern const unsigned action_count;

/* Something is wrong; the first text counts. In any context. */
void complain(const char *text);
extern const char *volatile complaint; /* NULL: nothing is */

/* rewind.c: remember the heap and `now`, in place 0 or 1; go back. */
bool rewind_start(char *heap, size_t heap_bytes, size_t room); /* copies lie behind */
void rewind_keep(unsigned place);
void rewind_to(unsigned place);
/* Keep the library's static storage before hak_init(); put it back, as if it had not been
 * called. */
bool rewind_keep_unborn(void);
void rewind_unborn(void);

#endif
