/* SPDX-License-Identifier: MIT */
/* Pages that change hands while other cores free their blocks. */
#include "explore.h"
#include "heap.h"

#include <stdio.h>
#include <string.h>

enum { HEAP_BYTES = 128 << 10, SIZE = 256, BLOCKS = 4 };

static _Alignas(65536) unsigned char ram[HEAP_BYTES];
static void *block[BLOCKS]; /* of one page */
static void *filler[1000];
static struct { /* put back before each execution */
    unsigned faults, live;
    void *got;
    bool stale; /* and a store of its last holder's was not there yet */
} now;

void hak_port_fault(hak_fault kind, const void *pointer, const void *call_site)
{
    (void)pointer, (void)call_site;
    now.faults += kind == HAK_FAULT_DOUBLE_FREE ? 1 : 100;
}

/* The first word of a block: its last holder's store has to be seen by the next. */
static _Atomic(uint64_t) *word_of(unsigned i) { return block[i]; }

/* Core 0 owns a page, all of whose blocks are taken. */
static void prepare_owned(void)
{
    if (hak_init(ram, sizeof ram) != HAK_OK)
        printf("FAIL explore: no heap\n");
    unsigned fillers = 0, count = 0;
    while (count < BLOCKS && fillers < 1000) {
        void *p = hak_malloc(SIZE);
        if (region_kind_at(&run.first.maps, p) != 0)
            block[count++] = p;
        else if ((filler[fillers++] = p) != NULL && fillers % 8 == 0)
            while (fillers % 8 != 0)
                hak_free(filler[--fillers]);
        if (count == 0 && fillers == 100)
            while (fillers != 0)
                hak_free(filler[--fillers]);
    }
    while (fillers != 0)
        hak_free(filler[--fillers]);
    for (unsigned i = 0; i < BLOCKS; i++)
        *word_of(i) = 0;
    now.live = BLOCKS;
}
/* Nobody does. */
static void prepare_full(void)
{
    prepare_owned();
    hak_free(hak_malloc(SIZE));
}
static void prepare_listed(void)
{
    prepare_full();
    *word_of(0) = 1;
    hak_free(block[0]);
    now.live--;
}
/* A block was freed by another core, and not drained. */
static void prepare_pending(void)
{
    prepare_owned();
    explore_core = 3;
    *word_of(0) = 1;
    hak_free(block[0]);
    explore_core = 0;
    now.live--;
}
/* The owner is idle; one of its blocks is free. */
static void prepare_idle(void)
{
    prepare_owned();
    *word_of(0) = 1;
    hak_free(block[0]);
    hak_core_idle();
    now.live--;
}

static void leave(unsigned i)
{
    atomic_store_explicit(word_of(i), 1, memory_order_relaxed);
    hak_free(block[i]);
}
static void free_0(void) { leave(0); }
static void free_1(void) { leave(1); }
static void free_3(void) { leave(3); }
static void free_0_1(void)
{
    leave(0);
    leave(1);
}
static void free_1_2(void)
{
    leave(1);
    leave(2);
}
static void free_1_2_3(void)
{
    free_1_2();
    leave(3);
}
static void free_2_3(void)
{
    leave(2);
    leave(3);
}
static void free_3_twice(void)
{
    leave(3);
    hak_free(block[3]);
}
static void take(void)
{
    now.got = hak_malloc(SIZE);
    for (unsigned i = 0; i < BLOCKS; i++)
        if (now.got == block[i])
            now.stale = atomic_load_explicit(word_of(i), memory_order_relaxed) != 1;
}
static void idle(void) { hak_core_idle(); }

static int count_live(const hak_block *shown, void *context)
{
    *(size_t *)context += shown->kind == HAK_BLOCK_LIVE;
    return 0;
}

static const char *whole(size_t freed, size_t taken, unsigned faults)
{
    hak_stats stats;
    size_t live = 0;
    const char *broken = hak_check();
    if (broken != NULL)
        return broken;
    if (now.faults != faults)
        return "a second free is reported, once, and no other";
    hak_stats_get(&stats);
    if (stats.live_blocks != now.live - freed + taken)
        return "the live blocks are counted";
    hak_walk(count_live, &live);
    if (live != stats.live_blocks)
        return "no free block is lost, none is free that should be live";
    if (taken != 0 && now.got == NULL)
        return "there is a block to take";
    if (now.stale)
        return "what the last holder wrote into a block comes before its next";
    return NULL;
}
static const char *freed_1(void) { return whole(1, 0, 0); }
static const char *freed_1_taken(void) { return whole(1, 1, 0); }
static const char *freed_2_taken(void) { return whole(2, 1, 0); }
static const char *freed_3_taken(void) { return whole(3, 1, 0); }
static const char *freed_1_twice_taken(void) { return whole(1, 1, 1); }
static const char *emptied(void)
{
    const char *broken = whole(now.live, 0, 0);
    return broken != NULL ? broken : pools.page_granules != 0 ? "an empty page goes back" : NULL;
}

static const explore_scenario scenarios[] = {
    {"first", prepare_full, {{1, free_0}}, freed_1},
    {"first_and_last", prepare_full, {{1, free_0_1}, {2, free_2_3}}, emptied},
    {"first_overtaken", prepare_full, {{1, free_0}, {2, free_1_2_3}}, emptied},
    {"last", prepare_listed, {{1, free_1_2}, {2, free_3}}, emptied},
    {"first_and_adopt", prepare_full, {{1, free_0}, {2, free_1}, {0, take}}, freed_2_taken},
    {"last_and_adopt", prepare_listed, {{1, free_1_2}, {2, free_3}, {0, take}}, freed_3_taken},
    {"leave", prepare_owned, {{1, free_0}, {2, free_1}, {0, take}}, freed_2_taken},
    {"leave_to_all", prepare_pending, {{1, free_1_2}, {2, free_3}, {0, take}}, freed_3_taken},
    {"disown", prepare_idle, {{1, take}, {2, free_1}}, freed_1_taken},
    {"idle_and_disown", prepare_pending, {{0, idle}, {1, take}, {2, free_1}}, freed_1_taken},
    {"double_and_drain", prepare_pending, {{1, free_3_twice}, {0, take}}, freed_1_twice_taken},
    {"double_and_adopt", prepare_listed, {{1, free_3_twice}, {0, take}}, freed_1_twice_taken},
    {"double_and_disown", prepare_idle, {{1, free_3_twice}, {2, take}}, freed_1_twice_taken},
};

/* All live words of units, words of `freed`, and the slots' `free`. */
static bool is_shared(uintptr_t address)
{
    const hak_maps *maps = &run.first.maps;
    uintptr_t units = address - (uintptr_t)maps->units, freed = address - (uintptr_t)maps->freed;
    uintptr_t slots = address - (uintptr_t)pools.slots;
    for (unsigned i = 0; i < BLOCKS; i++)
        if (address == (uintptr_t)block[i])
            return true;
    if (units < maps->heads * sizeof *maps->units)
        return units % sizeof *maps->units == 0 && maps->kinds[units / sizeof *maps->units] != 0;
    return freed < maps->heads * sizeof *maps->freed ||
           (slots < pools.slot_words * sizeof(hak_word) && slots % sizeof(hak_slot) == 0);
}

int main(int count, char **arguments)
{
    const explore_memory memory = {
        is_shared,
        (uintptr_t)&run.lock,
        {{&run, sizeof run}, {&pools, sizeof pools}, {ram, sizeof ram}, {&now, sizeof now}}};
    static unsigned char run_first[sizeof run], pools_first[sizeof pools];
    memcpy(run_first, &run, sizeof run);
    memcpy(pools_first, &pools, sizeof pools);
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++) {
        explore_scenario s = scenarios[i];
        uint64_t executions;
        if (count > 1 && strcmp(arguments[1], s.name) != 0)
            continue;
        memcpy(&run, run_first, sizeof run);
        memcpy(&pools, pools_first, sizeof pools);
        memset(&now, 0, sizeof now);
        const char *broken = explore(&s, &memory, &executions);
        if (broken != NULL)
            printf("FAIL %s: %s, in execution %llu\n", s.name, broken,
                   (unsigned long long)executions);
        else
            printf("ok %s (%llu executions)\n", s.name, (unsigned long long)executions);
        fflush(stdout);
        if (broken != NULL)
            return 1;
    }
    return 0;
}
