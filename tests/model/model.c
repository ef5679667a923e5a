/* SPDX-License-Identifier: MIT */
/*
 * Random operations, mirrored in a shadow heap.
 *   seed=1 ops=20000  of each core
 *   cores=1           that work at once; blocks then wander from core to core
 *   heap=1M shift=0   its size, and by how many bytes its start is misaligned
 *   regions=1         ranges that it is handed over in
 *   most=heap/2       the largest size asked for
 *   irq=0             1: interrupt handlers allocate and free as well
 *   again=0           1: every second size is one of a few large ones
 * and those of policies.h.
 * On one core without interrupts each NULL is held against promise 3.
 */
#include "inside.h"
#include "policies.h"
#include "shadow.h"

#include <stdatomic.h>

enum { CORES_MOST = 4, OBJECTS = 2048, BOXES = 16, HANDLER_OBJECTS = 8, ROUNDS = 8 };

typedef struct core {
    object *objects; /* OBJECTS of them */
    uint64_t random;
    unsigned growth; /* of 16 operations, how many allocate */
    uint32_t table[OBJECTS * 2];
    object handlers[HANDLER_OBJECTS];
    uint64_t handler_random;
    size_t failures;
} core;

/* A block on its way from one core to another. */
typedef struct box {
    atomic_flag busy;
    object content;
} box;

static uint64_t seed, ops;
static unsigned cores;
static size_t most, heap_bytes;
static bool irq, again;
static core all[CORES_MOST];
static object objects[CORES_MOST * OBJECTS + BOXES]; /* the boxes' contents last, for audits */
static box boxes[BOXES];

/* Nothing else changes the heap: a NULL can be judged. */
static bool alone(void) { return cores == 1 && !irq; }

static uint64_t random_of(core *c) { return kit_random(&c->random) >> 16; }

/* Few at once, if the cache is to have room. */
static object *pick(core *c) { return &c->objects[random_of(c) % (again ? 24 : OBJECTS)]; }

static bool release(object *o)
{
    if (o->at == NULL)
        return true;
    HOLDS(shadow_holds(o));
    void *p = o->at;
    o->at = NULL;
    hak_free(p);
    return true;
}

static bool do_null(core *c, size_t size, size_t alignment)
{
    c->failures++;
    return !alone() || shadow_null_is_right(size, alignment);
}

/* free(a); malloc(same) must succeed when nothing came between. A block that
 * realloc left in place is a block of its usable size. */
static bool free_and_again(core *c, object *o)
{
    object old = *o;
    HOLDS(release(o));
    if (!alone() || old.alignment > HAK_GRANULE)
        return true;
    void *p = hak_malloc(old.usable);
    HOLDS(p != NULL);
    return shadow_take(o, p, old.usable, HAK_GRANULE, random_of(c));
}

static bool zeroed_calloc(size_t size, void **block)
{
    unsigned char *p = *block = hak_calloc((size + 23) / 24, 24);
    for (size_t i = 0; p != NULL && i < size; i++)
        HOLDS(p[i] == 0);
    return true;
}

/* Such as the reuse cache has classes for: 1/64 of the heap and more. */
static size_t any_size(core *c)
{
    uint64_t dice = random_of(c);
    return again && dice % 2 == 0
               ? (heap_bytes >> 6 << dice / 2 % 3) + (size_t)(dice / 8 % 3 * 96 + 16)
               : shadow_size(&c->random, most);
}

static bool do_malloc(core *c, object *o)
{
    size_t size = any_size(c), alignment = HAK_GRANULE;
    uint64_t how = random_of(c) % 32;
    void *p;
    if (how == 0) {
        alignment = (size_t)1 << random_of(c) % 14;
        p = hak_aligned_alloc(alignment, size);
    } else if (how == 1) {
        size = (size + 23) / 24 * 24;
        HOLDS(zeroed_calloc(size, &p));
    } else {
        size = how == 2 ? 0 : size;
        p = hak_malloc(size);
    }
    return p == NULL ? do_null(c, size, alignment)
                     : shadow_take(o, p, size, alignment, random_of(c));
}

/* The largest free extent that stats tell of can be had. */
static bool do_largest(core *c, object *o)
{
    hak_stats stats;
    hak_stats_get(&stats);
    if (!alone() || stats.largest_free_bytes == 0)
        return true;
    size_t longest = shadow_free_extents().longest_bytes;
    HOLDS(stats.largest_free_bytes <= longest);
    HOLDS(longest - stats.largest_free_bytes <= longest / inside_columns());
    void *p = hak_malloc(stats.largest_free_bytes);
    HOLDS(p != NULL);
    return shadow_take(o, p, stats.largest_free_bytes, HAK_GRANULE, random_of(c));
}

static bool do_realloc(core *c, object *o)
{
    size_t old_size = o->size, size = shadow_size(&c->random, most);
    if (random_of(c) % 2 == 0)
        size = old_size / 2 + (size_t)(random_of(c) % (old_size + 16));
    if (random_of(c) % 64 == 0)
        size = 0;
    HOLDS(shadow_holds(o));
    void *p = hak_realloc(o->at, size);
    if (p == NULL) {
        HOLDS(size > o->usable);
        HOLDS(shadow_holds(o));
        return do_null(c, size, o->alignment);
    }
    object moved = *o;
    moved.at = p;
    HOLDS(shadow_holds_bytes(&moved, size < old_size ? size : old_size));
    return shadow_take(o, p, size, o->alignment, random_of(c));
}

/* Swap the block, or none, for what lies in a box. */
static void exchange(core *c, object *o)
{
    box *b = &boxes[random_of(c) % BOXES];
    if (atomic_flag_test_and_set_explicit(&b->busy, memory_order_acquire))
        return;
    object got = b->content;
    b->content = *o;
    *o = got;
    atomic_flag_clear_explicit(&b->busy, memory_order_release);
}

static bool look_around(core *c)
{
    hak_stats stats;
    hak_stats_get(&stats);
    const char *broken = hak_check();
    if (broken != NULL)
        kit_print("hak_check: %s\n", broken);
    HOLDS(broken == NULL);
    return shadow_walk_shows(c->objects, OBJECTS, c->table, OBJECTS * 2);
}

static bool step(core *c)
{
    object *o = pick(c);
    uint64_t how = random_of(c);
    if (how % 2048 == 0)
        return look_around(c);
    if (how % 128 == 1)
        hak_core_idle();
    if (how % 4 == 2 && cores > 1)
        exchange(c, o);
    if (how % 512 == 3)
        c->growth = (unsigned)(random_of(c) % (again ? 7 : 15)) + 1;
    how = random_of(c);
    if (how % 16 < c->growth) {
        if (o->at != NULL)
            return how / 16 % 4 == 0 ? do_realloc(c, o) : true;
        return how / 16 % 128 == 0 ? do_largest(c, o) : do_malloc(c, o);
    }
    if (o->at == NULL)
        return true;
    return how / 16 % 8 == 0 ? free_and_again(c, o) : release(o);
}

/* In interrupt context, on any core: a few blocks of its own. */
static void handler(void)
{
    core *c = &all[kit_core()];
    object *o = &c->handlers[kit_random(&c->handler_random) % HANDLER_OBJECTS];
    if (o->at != NULL) {
        release(o);
        return;
    }
    size_t size = shadow_size(&c->handler_random, 512);
    void *p = hak_malloc(size);
    if (p != NULL)
        shadow_take(o, p, size, HAK_GRANULE, kit_random(&c->handler_random));
}

static void body(unsigned number, void *context)
{
    (void)context;
    core *c = &all[number];
    if (irq)
        kit_timer_start(60 + 7 * number, handler);
    for (uint64_t i = 0; i < ops / ROUNDS && !kit_case_failed(); i++) {
        policies_tick(i);
        if (!step(c))
            kit_print("core %u, operation %llu of a round\n", number, (unsigned long long)i);
    }
    if (irq)
        kit_timer_stop();
    for (unsigned i = 0; i < HANDLER_OBJECTS; i++)
        release(&c->handlers[i]);
}

static bool audit(void)
{
    for (unsigned i = 0; i < BOXES; i++)
        objects[CORES_MOST * OBJECTS + i] = boxes[i].content;
    return shadow_audit(objects, sizeof objects / sizeof objects[0]);
}

/* Everything freed by core 0. The other cores are not idle: what they keep to
 * themselves is at most a page of each class. */
static bool release_all(void)
{
    hak_stats stats;
    for (unsigned i = 0; i < BOXES; i++)
        HOLDS(release(&boxes[i].content));
    for (unsigned i = 0; i < CORES_MOST * OBJECTS; i++)
        HOLDS(release(&objects[i]));
    HOLDS(audit());
    hak_stats_get(&stats);
    HOLDS(hak_malloc(stats.heap_bytes) == NULL);
    hak_stats_get(&stats);
    HOLDS(stats.page_bytes <= (cores - 1) * inside_pages_of_a_core());
    HOLDS(stats.live_bytes == 0 && stats.live_blocks == 0);
    return true;
}

static void idle_body(unsigned number, void *context)
{
    (void)number;
    (void)context;
    hak_core_idle();
}

static void test_model(void)
{
    size_t heap = heap_bytes = (size_t)kit_argument_number("heap", 1 << 20);
    unsigned regions = (unsigned)kit_argument_number("regions", 1);
    most = (size_t)kit_argument_number("most", heap / 2);
    KIT_CHECK(cores >= 1 && cores <= CORES_MOST && cores <= kit_cores() && regions <= 8);
    KIT_CHECK(policies_load(seed));
    KIT_CHECK(shadow_start(heap, (size_t)kit_argument_number("shift", 0), regions));
    KIT_CHECK(policies_start(seed));
    for (unsigned i = 0; i < CORES_MOST; i++) {
        all[i].objects = &objects[i * OBJECTS];
        all[i].random = seed * 1000003 + i;
        all[i].handler_random = ~all[i].random;
        all[i].growth = again ? 6 : 8 + i;
    }
    size_t failures = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        kit_parallel(cores, body, NULL);
        KIT_CHECK(!kit_case_failed());
        KIT_CHECK(audit());
    }
    for (unsigned i = 0; i < cores; i++)
        failures += all[i].failures;
    KIT_CHECK(release_all());
    kit_parallel(cores, idle_body, NULL);
    KIT_CHECK(shadow_all_back());
    hak_stats stats;
    hak_stats_get(&stats);
    KIT_CHECK(stats.faults == 0 && policies_end());
    kit_print(
        "seed %llu: %zu requests refused, %zu recalls, %zu pages born, %zu adopted, %zu remote, "
        "%zu cache hits, %zu evictions\n",
        (unsigned long long)seed, failures, stats.recalls, stats.refill_birth, stats.refill_adopt,
        stats.free_remote, stats.malloc_cache, stats.cache_evictions);
    KIT_CHECK(!again || policies_keep_nothing() == (stats.malloc_cache == 0));
    KIT_CHECK(!again || policies_keep_nothing() == (stats.cache_evictions == 0));
}

int kit_main(void)
{
    static const kit_case cases[] = {{"model", test_model}};
    seed = kit_argument_number("seed", 1);
    ops = kit_argument_number("ops", 20000);
    cores = (unsigned)kit_argument_number("cores", 1);
    again = kit_argument_number("again", 0) != 0;
    irq = kit_argument_number("irq", 0) != 0;
    return kit_run_cases(cases, 1);
}
