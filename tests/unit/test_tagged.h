/* SPDX-License-Identifier: MIT */
/* Regions with tags: what their tests share. */
#ifndef UNIT_TAGGED_H
#define UNIT_TAGGED_H

#include "unit.h"
#include "tagged.h"

enum { HEAP = 200000, PART = 60000, STRIDE = 64 << 10, PARTS = 16 };
enum { FAST = HAK_MEMORY_FAST, DMA = HAK_MEMORY_DMA, KEPT = HAK_MEMORY_RETAINED };
/* More than any heap has, but no fault yet. */
#define ENDLESS ((size_t)1 << (WORD_BITS == 64 ? 40 : 30))

/* The heap at the start of this RAM, and parts of PART bytes behind it. */
unsigned char *tagged_ram(void);
bool start(void);

static inline unsigned char *part(unsigned i) { return tagged_ram() + (4 + i) * STRIDE; }

static inline bool lies_in(const void *p, unsigned i)
{
    return (uintptr_t)p - (uintptr_t)part(i) < PART;
}

/* hak_check has nothing to say, and nothing beside the RAM was written. */
bool is_whole(void);

/* The number of the region on that part, for its statistics; SIZE_MAX: there is none. */
size_t index_of(unsigned i, hak_region_stats *stats);

/* A pattern. */
void write_to(unsigned char *p, size_t bytes, unsigned seed);
bool reads(const unsigned char *p, size_t bytes, unsigned seed);

#endif
