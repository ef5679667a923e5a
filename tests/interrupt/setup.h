/* SPDX-License-Identifier: MIT */
/* States of the heap, built by public calls; the inside is only looked at. */
#ifndef SETUP_H
#define SETUP_H

#include "interrupt.h"

/* Blocks that the handler may free: one of the run layer, between others, and one
 * that the cache may keep. */
void setup_hand(void);

/* A block that stays; its number in the book. */
int setup_hold(size_t bytes);
int setup_hold_cached(void);
void setup_free(int number);

/* The block becomes the call's subject. */
void setup_subject(int number);

/* How many blocks of SMALL bytes the core's current page has free; -1: no page. */
int setup_free_blocks(void);

/* A list of blocks of one page, all of them live. */
enum { PAGE_MOST = 64 };
typedef struct setup_page {
    int blocks[PAGE_MOST];
    unsigned count;
} setup_page;

/* A new current page with one block. The core has none, and none is listed. */
void setup_new_page(setup_page *page);
/* Take its blocks, but for so many. */
void setup_use(setup_page *page, int but);
/* Free its blocks, but for so many. */
void setup_keep(setup_page *page, unsigned count);
/* A page that is all used and nobody's; the core has none. */
void setup_left_page(setup_page *page);
/* The current page dies, or is listed, when the core goes on: leave it. */
void setup_vacate(void);

/* Requests of SMALL bytes until the next one brings a page. */
void setup_demand(void);

/* Current pages of other classes, all empty, until no more are retained. */
void setup_retained(void);

size_t setup_largest_free(void);

/* Fill the heap until at most so many bytes are free in one piece. */
void setup_fill(size_t largest);

/* Take all of the first region but what is shorter than size_of.large. */
void setup_use_first_region(void);

/* On core 1: free these blocks; take a page of its own, with one block; go idle. */
void setup_free_elsewhere(const setup_page *page, unsigned count);
int setup_page_elsewhere(void);
void setup_idle_elsewhere(void);

#endif
