/* SPDX-License-Identifier: MIT */
/* JSON, MIR, VM and MIXED. Each kind of block has one place in the code that
 * asks for it, as in a program that parses, compiles or runs something. */
#include "scenario.h"

enum {
    LIVE = 16,
    MIXED_LIVE = 8,
    JSON_BYTES = 64 << 10,
    MIR_BYTES = 256 << 10,
    VM_BYTES = 2 << 20
};

static models_block blocks[LIVE];

void models_hold(models_run *run, models_block *b, void *at, size_t size)
{
    *b = (models_block){at, size, (unsigned char)(++run->blocks * 2 + 1)};
    if (at == NULL) {
        run->failures++;
        return;
    }
    b->at[0] = b->pattern;
    if (run->verify)
        b->at[size - 1] = b->pattern;
}

static bool is_whole(const models_block *b)
{
    return b->at[0] == b->pattern && b->at[b->size - 1] == b->pattern;
}

void models_give(models_run *run, models_block *b)
{
    if (run->verify && b->at != NULL && !is_whole(b))
        run->wrong++;
    run->heap.release((void *)b->at);
    b->at = NULL;
}

static __attribute__((noinline)) void take_json(models_run *run, models_block *b)
{
    models_hold(run, b, run->heap.allocate(JSON_BYTES), JSON_BYTES);
}

static __attribute__((noinline)) void take_mir(models_run *run, models_block *b)
{
    models_hold(run, b, run->heap.allocate(MIR_BYTES), MIR_BYTES);
}

static __attribute__((noinline)) void take_vm(models_run *run, models_block *b)
{
    models_hold(run, b, run->heap.allocate(VM_BYTES), VM_BYTES);
}

static void nothing(models_run *run) { (void)run; }

static void json(models_run *run)
{
    for (unsigned i = 0; i < run->operations; i++) {
        take_json(run, &blocks[0]);
        models_give(run, &blocks[0]);
    }
}

static void mir(models_run *run)
{
    for (unsigned i = 0; i < run->operations; i++) {
        take_mir(run, &blocks[0]);
        models_give(run, &blocks[0]);
    }
}

static void vm(models_run *run)
{
    for (unsigned i = 0; i < run->operations; i++) {
        take_vm(run, &blocks[0]);
        models_give(run, &blocks[0]);
    }
}

static void give_all(models_run *run)
{
    for (unsigned i = 0; i < LIVE; i++)
        if (blocks[i].at != NULL)
            models_give(run, &blocks[i]);
}

static void vm_fill(models_run *run)
{
    for (unsigned i = 0; i < LIVE; i++)
        take_vm(run, &blocks[i]);
}

/* 16 live at any time: the oldest goes, a new one comes. */
static void vm_ring(models_run *run)
{
    for (unsigned i = 0; i < run->operations; i++) {
        models_give(run, &blocks[i % LIVE]);
        take_vm(run, &blocks[i % LIVE]);
    }
}

/* 16 are taken, then all 16 given back. */
static void vm_batch(models_run *run)
{
    for (unsigned i = 0; i < run->operations; i += LIVE) {
        vm_fill(run);
        give_all(run);
    }
}

/* Up to 8 live: a random one goes, one of a random kind comes. */
static void mixed(models_run *run)
{
    static void (*const take[])(models_run *, models_block *) = {take_json, take_mir, take_vm};
    for (unsigned i = 0; i < run->operations; i++) {
        uint64_t random = kit_random(&run->seed);
        models_block *b = &blocks[(random >> 20) % MIXED_LIVE];
        if (b->at != NULL)
            models_give(run, b);
        take[(random >> 40) % 3](run, b);
    }
}

const models_scenario models_scenarios[] = {
    {"json", "JSON: 64 KiB, one at a time", false, nothing, json, nothing},
    {"mir", "MIR: 256 KiB, one at a time", false, nothing, mir, nothing},
    {"vm", "VM: 2 MiB, one at a time", false, nothing, vm, nothing},
    {"vm_ring", "VM: 2 MiB, 16 live, the oldest replaced", false, vm_fill, vm_ring, give_all},
    {"vm_batch", "VM: 2 MiB, 16 taken, then 16 freed", false, nothing, vm_batch, nothing},
    {"mixed", "MIXED: all three, 8 live", false, nothing, mixed, give_all},
    {"larson_small", "larson, 8 to 1,024 B", true, larson_small, larson_work, larson_finish},
    {"larson_big", "larson, 16 to 32 KiB", true, larson_big, larson_work, larson_finish},
    {NULL, NULL, false, NULL, NULL, NULL}};
