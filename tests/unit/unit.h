/* SPDX-License-Identifier: MIT */
/* Unit tests: one file per module, each with a table of cases. */
#ifndef UNIT_H
#define UNIT_H

#include "kit.h"
#include "pool.h"

/* Fail the case and return false. */
#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            kit_fail(__FILE__, __LINE__, #condition);                                              \
            return false;                                                                          \
        }                                                                                          \
    } while (0)

typedef struct unit_suite {
    const kit_case *cases;
    size_t count;
} unit_suite;

#define UNIT_SUITE(name)                                                                           \
    const unit_suite unit_##name = {name##_cases, sizeof name##_cases / sizeof name##_cases[0]}

/* RAM for a test, the same each time: bytes at `shift` bytes behind a multiple
 * of 64 KiB, full of junk, with guards on both sides. */
enum { UNIT_RAM_MOST = 4 << 20 };
unsigned char *unit_ram(size_t bytes, size_t shift);
bool unit_guards_hold(void);

/* step=N: of many heap sizes every Nth. Boards in make test take 7, which meets each
 * offset from a granule. */
static inline size_t unit_step(void) { return (size_t)kit_argument_number("step", 1); }

/* A new heap of so many bytes, as after a boot: hak's static storage is put
 * back first. false: hak_init refused. */
bool unit_heap(size_t bytes, size_t shift);
void unit_forget(void);

/* Granules of the first region that the run layer serves. */
static inline granule unit_usable(void) { return run.first.end - run.first.first; }

/* An extent on the map, and off it. */
void unit_mark(hak_region *r, hak_extent x, bool live);
void unit_erase(hak_region *r, hak_extent x);

/* A region of its own, on unit_ram(). */
bool unit_region(hak_region *r, size_t bytes, size_t shift, size_t largest_page_bytes);

/* Extents that lie side by side and fill a region, of random lengths. */
enum { UNIT_EXTENTS = 4096 };
typedef struct unit_tiling {
    unsigned count;
    hak_extent extent[UNIT_EXTENTS];
    bool live[UNIT_EXTENTS];
} unit_tiling;
unit_tiling *unit_tile(hak_region *r, uint64_t *random, granule longest);

/* Faults reported since the last unit_forget(), and the last one. */
extern size_t unit_faults;
extern hak_fault unit_last_fault;

#endif
