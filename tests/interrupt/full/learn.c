/* SPDX-License-Identifier: MIT */
/* Calls about learning, release and call sites, and the states in which they begin. */
#include "scenes.h"
#include "inside.h"
#include "pool.h"

/* What it is told is free: it may lose its contents. */
void hak_port_release(void *start, size_t bytes)
{
    enum { MARKED = 16 };
    for (size_t i = 0; i < MARKED; i++)
        *((volatile char *)start + i * (bytes - 1) / (MARKED - 1)) = 0x5a;
}

/* Most of the heap is free, in a few extents. */
void state_release(void)
{
    state_hole();
    setup_hold(inside_heap_bytes / 3);
    now.bytes = setup_largest_free();
}
void call_release(void)
{
    bool some = now.bytes >= 2 * HAK_RELEASE_LEAST; /* whatever a handler takes of it */
    now.result = hak_release(SIZE_MAX) != 0 || !some ? &now : NULL;
}

void call_learn(void)
{
    hak_learn(HAK_CANARY, 7);
    now.result = hak_learn_state() == HAK_CANARY ? &now : NULL;
}

static void ticks(unsigned count)
{
    state_warm();
    hak_learn(HAK_LEARN, 7);
    while (count-- > 0)
        hak_tick();
}

void state_tick_class(void) { ticks(0); }
void state_tick_band(void) { ticks(pools.class_count); }
void state_tick_round(void) { ticks(pools.class_count + 4); }
void call_tick(void) { hak_tick(); }

static uint32_t table[HAK_POLICY_BYTES / sizeof(uint32_t)];
void call_export(void)
{
    bool whole = hak_policy_export(table, sizeof table, HAK_FROZEN) == sizeof table;
    now.result = whole ? &now : NULL;
}

/* No site may hold what no heap has. */
void call_sites(void)
{
    enum { MOST = 4 };
    hak_site_info list[MOST];
    size_t count = hak_sites_get(list, MOST);
    bool sane = true;
    for (size_t i = 0; i < count && i < MOST; i++)
        sane &= list[i].live_bytes < 2 * inside_heap_bytes && list[i].live_blocks < BOOK_MOST;
    now.result = sane ? &now : NULL;
}
