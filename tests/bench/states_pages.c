/* SPDX-License-Identifier: MIT */
/*
 * Pages that are born and die all the time; and pages with frees of another core
 * pending in each.
 */
#include "states.h"

enum { MOST_BLOCKS = 1 << 14, PAGES = 40, OF_A_PAGE = 64, SIZES = 24, FEW = 300 };

static void *block[MOST_BLOCKS];
static size_t size_of[MOST_BLOCKS];
static unsigned count;
static bench_table pages, pending;

/* Sizes up to an eighth of those that could have pages of this heap: four to a power of two. */
static size_t size_number(unsigned n)
{
    size_t power = (size_t)16 << n / 4;
    return power + power / 4 * (n % 4);
}

/* As many blocks of the size as fill PAGES pages, or a quarter of the heap. */
static void take(bench_table *table, size_t size, size_t room)
{
    for (unsigned i = 0; i < PAGES * OF_A_PAGE && count < MOST_BLOCKS && room >= size; i++) {
        void *p = state_malloc(table, size);
        if (p == NULL)
            return;
        size_of[count] = size;
        block[count++] = p;
        room -= size;
    }
}

static void give_all(bench_table *table)
{
    for (unsigned i = 0; i < count; i++)
        state_free(table, block[i]);
    count = 0;
}

/* Every block moves to the next class: a page of that is born while one of this dies. */
static void move_all(size_t size)
{
    for (unsigned i = 0; i < count; i++)
        block[i] = state_realloc(&pages, block[i], size);
}

void states_pages(void)
{
    size_t room = (size_t)kit_argument_number("heap", 1 << 20) / 4;
    for (unsigned n = 0; n < SIZES; n++) {
        take(&pages, size_number(n), room);
        move_all(size_number(n + 1 + n % 3));
        give_all(&pages);
    }
    bench_print_table("pages", &pages);
}

/* Core 1 frees two of three; core 0 sleeps. */
static void free_from_afar(unsigned core, void *context)
{
    (void)context;
    for (unsigned i = 0; i < count && core == 1; i++)
        if (i % 3 != 0) {
            hak_free(block[i]);
            block[i] = NULL;
        }
}

/* Core 0 takes them again, and frees, next to pending ones, the others. */
static void meet_pending(size_t room)
{
    unsigned had = count;
    for (unsigned i = 0; i < had; i++) {
        if (block[i] == NULL && i % 2 == 0)
            block[i] = i % 16 == 0 ? state_calloc(&pending, size_of[i])
                                   : state_malloc(&pending, size_of[i]);
        else if (i % 4 == 1) {
            state_free(&pending, block[i]);
            block[i] = NULL;
        } else if (i % 4 == 3 && block[i] != NULL)
            block[i] = state_realloc(&pending, block[i], size_of[i] * 3 / 2);
    }
    /* and what fits between them */
    for (unsigned i = 0; i < FEW; i++)
        state_free(&pending, state_aligned(&pending, 64, size_of[i % had] % room));
}

void states_pending(void)
{
    size_t room = (size_t)kit_argument_number("heap", 1 << 20) / 16;
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned n = round; n < SIZES; n += 2)
            take(&pending, size_number(n), room);
        for (unsigned again = 0; again < 3; again++) {
            kit_parallel(2, free_from_afar, NULL);
            meet_pending(room);
        }
        give_all(&pending);
    }
    bench_print_table("pending", &pending);
}
