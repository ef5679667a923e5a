/* SPDX-License-Identifier: MIT */
/* Isolated holes, and a free extent in every bin. */
#include "states.h"

enum { MOST_BLOCKS = 1 << 15, OPERATIONS = 3000, SEPARATOR = 16, APART = 32 };

static void *block[MOST_BLOCKS];
static unsigned count;
static uint64_t seed = 1;

static unsigned dice(unsigned sides) { return (unsigned)(kit_random(&seed) >> 32) % sides; }

static void free_all(bench_table *table)
{
    for (unsigned i = 0; i < count; i++) {
        state_free(table, block[i]);
        block[i] = NULL;
    }
    count = 0;
}

/* One call where it finds a hole of its own size, or is next to one. */
static void in_a_hole(bench_table *table, size_t size)
{
    void **b = &block[dice(count)];
    if (*b == NULL) {
        unsigned what = dice(4);
        *b = what == 0   ? state_calloc(table, size)
             : what == 1 ? state_aligned(table, (size_t)APART << dice(4), size)
                         : state_malloc(table, size - dice(3) * HAK_GRANULE);
        return;
    }
    if (dice(2) == 0) {
        static const unsigned char parts[] = {2, 4, 6, 8, 12};
        *b = state_realloc(table, *b, size * parts[dice(sizeof parts)] / 4);
        return;
    }
    state_free(table, *b);
    *b = NULL;
}

/* Blocks of one size until there is no room, every second one freed. */
static void holes_of(bench_table *table, size_t size)
{
    while (count < MOST_BLOCKS && (block[count] = state_malloc(table, size)) != NULL)
        count++;
    for (unsigned i = 0; i < count; i += 2) {
        state_free(table, block[i]);
        block[i] = NULL;
    }
    for (unsigned i = 0; i < OPERATIONS && count != 0; i++)
        in_a_hole(table, size);
    free_all(table);
}

void states_holes(void)
{
    static bench_table table;
    static const size_t sizes[] = {48, 96, 208, 528, 1040, 4112, 16400, 20000, 66000};
    size_t heap = (size_t)kit_argument_number("heap", 1 << 20);
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (sizes[i] <= heap / 8)
            holes_of(&table, sizes[i]);
    bench_print_table("holes", &table);
}

/* Each length that begins a bin: up to 32 granules one after the other, then in steps
 * of a sixteenth of their power of two; and one granule less than the next. */
static size_t next_length(size_t granules)
{
    size_t step = 1;
    while (step * 32 <= granules)
        step *= 2;
    return granules + step;
}

/* Two extents of each length, and something live on both sides of each. A block with
 * an alignment comes from no page. */
static void fill_bins(bench_table *table, size_t most)
{
    for (size_t g = 1; g * HAK_GRANULE <= most && count + 4 <= MOST_BLOCKS; g = next_length(g))
        for (unsigned k = 0; k < 2; k++) {
            block[count++] = state_aligned(table, APART, g * HAK_GRANULE);
            block[count++] = state_aligned(table, APART, SEPARATOR);
        }
    for (unsigned i = 0; i < count; i += 2) {
        state_free(table, block[i]);
        block[i] = NULL;
    }
}

static void from_every_bin(bench_table *table, size_t most)
{
    for (size_t g = 1; g * HAK_GRANULE <= most; g = next_length(g)) {
        size_t size = g * HAK_GRANULE - (size_t)dice(2) * 8;
        void *a = state_malloc(table, size), *b = state_calloc(table, size);
        void *c = state_aligned(table, (size_t)APART << dice(6), size);
        a = a != NULL ? state_realloc(table, a, size * (2 + dice(5)) / 2) : NULL;
        b = b != NULL ? state_realloc(table, b, 1 + size / 2) : NULL;
        state_free(table, c);
        state_free(table, a);
        state_free(table, b);
    }
}

void states_bins(void)
{
    static bench_table table;
    size_t heap = (size_t)kit_argument_number("heap", 1 << 20);
    for (unsigned round = 0; round < 8; round++) {
        fill_bins(&table, heap / 64);
        from_every_bin(&table, heap / 64);
        free_all(&table);
    }
    bench_print_table("bins", &table);
}
