/* SPDX-License-Identifier: MIT */
/* All unit tests in one program, on the host and in QEMU. case=NAME runs one. */
#include "learner.h"
#include "unit.h"

enum { GUARD_BYTES = 256, GUARD = 0x5c, JUNK = 0xa7 };
#define ALIGNED_TO ((uintptr_t)64 << 10)

extern const unit_suite unit_region_tests, unit_extent_tests, unit_bins_tests, unit_run_tests,
    unit_classes_tests, unit_page_tests, unit_pool_tests, unit_remote_tests, unit_stats_tests,
    unit_check_tests, unit_walk_tests, unit_init_tests, unit_small_tests, unit_same_tests,
    unit_cache_tests, unit_release_tests, unit_policy_tests, unit_learn_tests, unit_retention_tests,
    unit_lock_tests, unit_tagged_tests, unit_tagged_add_tests;

static const unit_suite *const suites[] = {
    &unit_region_tests,     &unit_extent_tests,  &unit_bins_tests,      &unit_run_tests,
    &unit_classes_tests,    &unit_page_tests,    &unit_pool_tests,      &unit_remote_tests,
    &unit_cache_tests,      &unit_release_tests, &unit_stats_tests,     &unit_check_tests,
    &unit_walk_tests,       &unit_init_tests,    &unit_small_tests,     &unit_same_tests,
    &unit_policy_tests,     &unit_learn_tests,   &unit_retention_tests, &unit_tagged_tests,
    &unit_tagged_add_tests, &unit_lock_tests,
};

size_t unit_faults;
hak_fault unit_last_fault;

void hak_port_fault(hak_fault kind, const void *pointer, const void *call_site)
{
    (void)pointer;
    (void)call_site;
    unit_faults++;
    unit_last_fault = kind;
}

static struct {
    unsigned char *start;
    size_t bytes;
} ram;

unsigned char *unit_ram(size_t bytes, size_t shift)
{
    static unsigned char *all;
    size_t given;
    if (all == NULL)
        all = kit_ram(UNIT_RAM_MOST + 2 * ALIGNED_TO, &given);
    ram.start = (unsigned char *)align_up((uintptr_t)all + GUARD_BYTES, ALIGNED_TO) + shift;
    ram.bytes = bytes;
    for (size_t i = 0; i < bytes; i++)
        ram.start[i] = JUNK;
    for (size_t i = 0; i < GUARD_BYTES; i++)
        ram.start[bytes + i] = ram.start[-1 - (ptrdiff_t)i] = GUARD;
    return ram.start;
}

bool unit_guards_hold(void)
{
    for (size_t i = 0; i < GUARD_BYTES; i++)
        HOLDS(ram.start[ram.bytes + i] == GUARD && ram.start[-1 - (ptrdiff_t)i] == GUARD);
    return true;
}

static unsigned char run_at_boot[sizeof run], pools_at_boot[sizeof pools];

static void copy(void *to, const void *from, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        ((unsigned char *)to)[i] = ((const unsigned char *)from)[i];
}

void unit_forget(void)
{
    copy(&run, run_at_boot, sizeof run);
    copy(&pools, pools_at_boot, sizeof pools);
    learner.started = false;
    policy_now = &policy_built_in;
    unit_faults = 0;
    unit_last_fault = HAK_FAULT_NONE;
}

bool unit_heap(size_t bytes, size_t shift)
{
    unit_forget();
    HOLDS(hak_init(unit_ram(bytes, shift), bytes) == HAK_OK);
    return true;
}

bool unit_region(hak_region *r, size_t bytes, size_t shift, size_t largest_page_bytes)
{
    hak_carving range;
    HOLDS(region_trim(unit_ram(bytes, shift), bytes, &range) == HAK_OK);
    r->maps.index = 0;
    region_make(r, &range, (hak_page_plan){largest_page_bytes, 0});
    region_open(r);
    return true;
}

void unit_mark(hak_region *r, hak_extent x, bool live)
{
    extent_set_begin(r, x.start);
    if (live)
        extent_set_live(r, x.start);
    extent_note_length(r, x);
}

void unit_erase(hak_region *r, hak_extent x)
{
    r->maps.units[unit_of(x.start)].live &= ~extent_first_word(x);
    extent_clear_begin(r, x.start);
}

unit_tiling *unit_tile(hak_region *r, uint64_t *random, granule longest)
{
    static unit_tiling t;
    t.count = 0;
    for (granule at = r->first; at < r->end;) {
        uint64_t dice = kit_random(random);
        granule length =
            1 + (granule)((dice >> 32) % (1u << (dice >> 16) % (top_bit(longest) + 1)));
        if (length > r->end - at || t.count == UNIT_EXTENTS - 1)
            length = r->end - at;
        t.extent[t.count] = (hak_extent){at, length};
        t.live[t.count++] = (dice >> 60) % 2 != 0;
        at += length;
    }
    return &t;
}

int kit_main(void)
{
    static kit_case all[128];
    size_t count = 0;
    copy(run_at_boot, &run, sizeof run);
    copy(pools_at_boot, &pools, sizeof pools);
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
        for (size_t k = 0; k < suites[i]->count && count < 128; k++)
            all[count++] = suites[i]->cases[k];
    return kit_run_cases(all, count);
}
