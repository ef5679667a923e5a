/* SPDX-License-Identifier: MIT */
/* The live blocks: no two overlap, each keeps its pattern, and the heap counts as many. */
#include "inside.h"

/* Of a longer block every word of this many bytes at both ends is looked at, and
 * between them one in 256 bytes. That no other block lies there is known from the
 * addresses. */
enum { ENDS = 128, GAP = 256 };

static uint32_t word_of(book_block b, size_t offset)
{
    return b.seed ^ (uint32_t)offset * 2654435761u;
}

static size_t next_offset(size_t offset, size_t bytes)
{
    bool between = offset >= ENDS && offset + ENDS + GAP < bytes;
    return offset + (between ? GAP : sizeof(uint32_t));
}

static void fill(book_block b)
{
    for (size_t i = 0; i + sizeof(uint32_t) <= b.bytes; i = next_offset(i, b.bytes))
        *(volatile uint32_t *)(void *)(b.start + i) = word_of(b, i);
}

bool book_holds(book_block b, size_t bytes)
{
    for (size_t i = 0; i + sizeof(uint32_t) <= bytes; i = next_offset(i, b.bytes))
        if (*(const volatile uint32_t *)(const void *)(b.start + i) != word_of(b, i))
            return false;
    return true;
}

static bool overlaps_another(const unsigned char *start, size_t bytes)
{
    for (unsigned i = 0; i < now.blocks_used; i++) {
        const book_block *b = &now.blocks[i];
        if (b->start != NULL && start < b->start + b->bytes && b->start < start + bytes)
            return true;
    }
    return false;
}

/* A place for the block, which must lie apart from all others. */
static int enter(book_block block)
{
    int number = 0;
    if (overlaps_another(block.start, block.bytes))
        complain("a block overlaps another one");
    while (number < BOOK_MOST && now.blocks[number].start != NULL)
        number++;
    if (number == BOOK_MOST) {
        complain("the test's book is full");
        return 0;
    }
    if ((unsigned)number >= now.blocks_used)
        now.blocks_used = (unsigned)number + 1;
    now.blocks[number] = block;
    return number;
}

int book_add(void *block, size_t bytes)
{
    if ((uintptr_t)block % HAK_GRANULE != 0)
        complain("a block is not aligned");
    now.seed = now.seed * 1664525u + 1013904223u;
    int number = enter((book_block){block, bytes, now.seed});
    fill(now.blocks[number]);
    return number;
}

void book_return(book_block block) { enter(block); }

book_block book_take(int number)
{
    book_block b = now.blocks[number];
    if (!book_holds(b, b.bytes))
        complain("a live block was written to");
    now.blocks[number].start = NULL;
    return b;
}

static void verify_figures(size_t blocks, size_t bytes)
{
    hak_stats s;
    hak_stats_get(&s);
    if (s.live_blocks != blocks || s.live_bytes != bytes)
        complain("the live blocks and bytes are not those of the callers");
    if (s.metadata_bytes + s.taken_bytes + s.free_bytes != s.heap_bytes)
        complain("what is taken and what is free are not all");
    if (!inside_adds_up(&s, blocks))
        complain("the stages of malloc and free do not add up");
    if (s.retained_pages + s.cached_blocks > HAK_RETAIN)
        complain("more than K is retained");
    if (s.live_bytes + s.cached_bytes > s.taken_bytes || s.peak_bytes < s.taken_bytes)
        complain("taken bytes are less than live ones, or more than the peak");
}

void book_verify(void)
{
    size_t blocks = 0, bytes = 0;
    for (unsigned i = 0; i < now.blocks_used; i++) {
        book_block b = now.blocks[i];
        if (b.start == NULL)
            continue;
        size_t usable = hak_usable_size(b.start);
        if (usable < b.bytes)
            complain("a live block is too short");
        if (!book_holds(b, b.bytes))
            complain("a live block was written to");
        if (inside_is_apart(b.start))
            continue;
        blocks++;
        bytes += usable;
    }
    verify_figures(blocks, bytes);
    const char *broken = hak_check();
    if (broken != NULL)
        complain(broken);
}

void book_free_all(void)
{
    for (unsigned i = 0; i < now.blocks_used; i++)
        if (now.blocks[i].start != NULL)
            hak_free(book_take((int)i).start);
    now.blocks_used = 0;
}
