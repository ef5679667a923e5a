/* SPDX-License-Identifier: MIT */
/*
 * Random operations in several regions with tags and in the heap beside them, while
 * regions are retired, removed, and added again.
 *   cores=1 ops=20000  of each core
 *   heap=256K part=64K parts=5
 *   seed=1
 *   irq=0              1: interrupt handlers allocate and free as well
 * Whoever removes a region fills its memory, and finds it as it was when it is added
 * again. Every core frees pointers that are bad in any case, also into memory that
 * another one is removing. On one core without interrupts each NULL is judged.
 */
#include "inside.h"
#include "shadow.h"

#include <stdatomic.h>

enum { CORES_MOST = 4, OBJECTS = 96, BOXES = 8, ROUNDS = 8, PARTS_MOST = 7, HANDLER_OBJECTS = 4 };
enum { FAST = HAK_MEMORY_FAST, DMA = HAK_MEMORY_DMA, OWN = HAK_MEMORY_USER };

static const uint32_t tags_of[PARTS_MOST] = {FAST, DMA, FAST | DMA, OWN | DMA, FAST | DMA | OWN,
                                             OWN,  DMA};

/* What a block was asked for with. */
typedef struct placed {
    object o;
    uint32_t tags;
    bool lines;
} placed;

typedef struct core {
    placed objects[OBJECTS], handlers[HANDLER_OBJECTS];
    uint64_t random, handler_random;
    size_t removed, live, gone, bad, failures;
} core;

/* A block on its way from one core to another. */
typedef struct box {
    atomic_flag busy;
    placed content;
} box;

static unsigned cores, parts;
static uint64_t ops;
static size_t heap_bytes, part_bytes;
static bool irq;
static unsigned char *ram;
static core all[CORES_MOST];
static box boxes[BOXES];
static atomic_size_t faults;

void hak_port_fault(hak_fault kind, const void *pointer, const void *call_site)
{
    (void)call_site;
    if ((kind != HAK_FAULT_FOREIGN && kind != HAK_FAULT_MISALIGNED) || (uintptr_t)pointer % 2 == 0)
        kit_fail(__FILE__, __LINE__, hak_fault_text(kind));
    atomic_fetch_add(&faults, 1);
}

/* Some side by side, some with a gap; none aligned. */
static unsigned char *part(unsigned i) { return ram + heap_bytes + i * part_bytes + 8; }
static size_t size_of(unsigned i) { return part_bytes - i % 3 * 24; }

static unsigned part_of(const void *p)
{
    unsigned i = 0;
    while (i < parts && (uintptr_t)p - (uintptr_t)part(i) >= size_of(i))
        i++;
    return i;
}

static bool alone(void) { return cores == 1 && !irq; }

static uint64_t random_of(core *c) { return kit_random(&c->random) >> 16; }

static bool in_its_place(const placed *b)
{
    unsigned i = part_of(b->o.at);
    HOLDS(i < parts ? (tags_of[i] & b->tags) == b->tags && b->tags != 0 : b->tags == 0);
    HOLDS(!b->lines || b->tags == 0 || b->o.usable % b->o.alignment == 0);
    return true;
}

static bool take(placed *b, void *p, size_t size, uint64_t seed)
{
    return shadow_take(&b->o, p, size, b->o.alignment, seed) && in_its_place(b);
}

static bool release(placed *b)
{
    void *p = b->o.at;
    if (p == NULL)
        return true;
    HOLDS(shadow_holds(&b->o));
    b->o.at = NULL;
    hak_free(p);
    return true;
}

/* The longest free extent that a request with these tags could have had. */
typedef struct longest {
    uint32_t tags;
    size_t bytes;
} longest;

static bool is_open(unsigned i)
{
    hak_region_stats s;
    for (unsigned k = 1; hak_region_stats_get(k, &s) == HAK_OK; k++)
        if (part_of(s.start) == i)
            return !s.retired;
    return false;
}

static int find_longest(const hak_block *block, void *context)
{
    longest *l = context;
    unsigned i = part_of(block->address);
    if (block->kind == HAK_BLOCK_FREE && i < parts && (tags_of[i] & l->tags) == l->tags &&
        block->size_bytes > l->bytes && is_open(i))
        l->bytes = block->size_bytes;
    return 0;
}

/* NULL from regions with tags. At most 1/16 more than is needed is refused. */
static bool null_is_right(uint32_t tags, size_t size, size_t alignment)
{
    longest l = {tags, 0};
    size_t need = (size + alignment - 1) / alignment * alignment + alignment + HAK_GRANULE;
    if (!alone() || tags == 0)
        return true;
    hak_walk(find_longest, &l);
    HOLDS(l.bytes < need + need / 15 + HAK_GRANULE);
    return true;
}

static bool allocate(core *c, placed *b)
{
    uint64_t dice = random_of(c);
    size_t size = shadow_size(&c->random, dice % 16 == 0 ? part_bytes : part_bytes / 24);
    uint32_t tags = (uint32_t)(dice >> 8 & 3) | (dice >> 10 & 1 ? OWN : 0);
    size_t line = (size_t)HAK_GRANULE << (dice >> 16) % 5;
    placed made = {.tags = tags, .lines = (dice >> 24) % 3 == 0};
    made.o.alignment = made.lines ? line : HAK_GRANULE;
    void *p = made.lines ? hak_malloc_lines(tags, line, size) : hak_malloc_in(tags, size);
    if (p == NULL) {
        c->failures++;
        return null_is_right(tags, size, made.o.alignment);
    }
    *b = made;
    return take(b, p, size, dice);
}

/* It may lose or gain nothing but bytes: its region has all the tags of the old one. */
static bool resize(core *c, placed *b)
{
    size_t old_size = b->o.size, size = shadow_size(&c->random, part_bytes / 12);
    unsigned from = part_of(b->o.at);
    HOLDS(shadow_holds(&b->o));
    void *p = hak_realloc(b->o.at, size);
    if (p == NULL) {
        HOLDS(size > b->o.usable && shadow_holds(&b->o));
        return null_is_right(from < parts ? tags_of[from] : 0, size, b->o.alignment);
    }
    placed moved = *b;
    moved.o.at = p;
    if (from < parts)
        moved.tags = tags_of[from];
    HOLDS(shadow_holds_bytes(&moved.o, size < old_size ? size : old_size));
    b->tags = moved.tags;
    return take(b, p, size, random_of(c));
}

static void exchange(core *c, placed *b)
{
    box *x = &boxes[random_of(c) % BOXES];
    if (atomic_flag_test_and_set_explicit(&x->busy, memory_order_acquire))
        return;
    placed got = x->content;
    x->content = *b;
    *b = got;
    atomic_flag_clear_explicit(&x->busy, memory_order_release);
}

/* The memory is this core's now. */
static bool own_for_a_while(core *c, unsigned i)
{
    object o = {part(i), size_of(i), 0, 0, random_of(c)};
    uint64_t *words = (uint64_t *)(void *)o.at;
    for (size_t k = 0; k < o.size / 8; k++)
        words[k] = o.seed * k;
    for (unsigned k = 0; k < random_of(c) % 8; k++)
        hak_free(hak_malloc_in(tags_of[i], 100));
    hak_free(o.at + 1 + random_of(c) % o.size / 2 * 2);
    c->bad++;
    for (size_t k = 0; k < o.size / 8; k++)
        HOLDS(words[k] == o.seed * k);
    HOLDS(hak_add_region_tagged(o.at, o.size, tags_of[i]) == HAK_OK);
    return true;
}

/* Retire or remove a region, whoever has blocks there. */
static bool change_region(core *c)
{
    uint64_t dice = random_of(c);
    unsigned i = (unsigned)(dice % parts);
    hak_status status = dice / 8 % 8 != 0 ? HAK_OK : hak_region_retire(part(i));
    HOLDS(status == HAK_OK || (status == HAK_ERR_NO_REGION && !alone()));
    status = hak_region_remove(part(i));
    HOLDS(status == HAK_OK || status == HAK_ERR_LIVE || (status == HAK_ERR_NO_REGION && !alone()));
    c->removed += status == HAK_OK;
    c->live += status == HAK_ERR_LIVE;
    c->gone += status == HAK_ERR_NO_REGION;
    return status != HAK_OK || own_for_a_while(c, i);
}

/* Bad in any case: at an odd address, in some region or beside it. */
static void free_badly(core *c)
{
    unsigned i = (unsigned)(random_of(c) % parts);
    hak_free(part(i) + 1 + random_of(c) % size_of(i) / 2 * 2);
    c->bad++;
}

static bool look_around(core *c)
{
    static uint32_t table[CORES_MOST][OBJECTS * 2];
    object mine[OBJECTS];
    hak_region_stats s;
    for (unsigned i = 0; i < OBJECTS; i++)
        mine[i] = c->objects[i].o;
    for (unsigned i = 1; hak_region_stats_get(i, &s) == HAK_OK; i++)
        HOLDS(s.metadata_bytes + s.live_bytes + s.free_bytes == s.bytes);
    const char *broken = hak_check();
    if (broken != NULL)
        kit_print("hak_check: %s\n", broken);
    HOLDS(broken == NULL);
    return shadow_walk_shows(mine, OBJECTS, table[c - all], OBJECTS * 2);
}

static bool step(core *c)
{
    uint64_t how = random_of(c);
    placed *b = &c->objects[random_of(c) % OBJECTS];
    if (how % 256 == 0)
        return look_around(c);
    if (how % 32 == 1)
        return change_region(c);
    if (how % 64 == 2)
        free_badly(c);
    if (how % 8 == 3 && cores > 1)
        exchange(c, b);
    if (b->o.at == NULL)
        return how / 256 % 4 != 0 || allocate(c, b);
    return how / 256 % 4 == 0 ? resize(c, b) : release(b);
}

static void handler(void)
{
    core *c = &all[kit_core()];
    placed *b = &c->handlers[kit_random(&c->handler_random) % HANDLER_OBJECTS];
    if (b->o.at != NULL) {
        release(b);
        return;
    }
    size_t size = shadow_size(&c->handler_random, 512);
    b->tags = DMA;
    b->o.alignment = HAK_GRANULE;
    void *p = hak_malloc_in(DMA, size);
    if (p != NULL)
        take(b, p, size, kit_random(&c->handler_random));
}

static void body(unsigned number, void *context)
{
    (void)context;
    core *c = &all[number];
    if (irq)
        kit_timer_start(60 + 7 * number, handler);
    for (uint64_t i = 0; i < ops / ROUNDS && !kit_case_failed(); i++)
        if (!step(c))
            kit_print("core %u, operation %llu of a round\n", number, (unsigned long long)i);
    if (irq)
        kit_timer_stop();
    for (unsigned i = 0; i < HANDLER_OBJECTS; i++)
        release(&c->handlers[i]);
}

static void add_up(const placed *b, hak_region_stats *held)
{
    if (b->o.at == NULL)
        return;
    held[part_of(b->o.at)].live_blocks++;
    held[part_of(b->o.at)].live_bytes += b->o.usable;
}

/* With nothing else going on: the figures of each region are those of its objects. */
static bool audit(void)
{
    hak_region_stats held[PARTS_MOST + 1] = {{0}}, s;
    unsigned regions = 0;
    for (unsigned i = 0; i < cores * OBJECTS; i++)
        add_up(&all[i / OBJECTS].objects[i % OBJECTS], held);
    for (unsigned i = 0; i < BOXES; i++)
        add_up(&boxes[i].content, held);
    for (; hak_region_stats_get(regions, &s) == HAK_OK; regions++) {
        unsigned i = part_of(s.start);
        HOLDS(s.live_blocks == held[i].live_blocks && s.live_bytes == held[i].live_bytes);
        HOLDS(i == parts || s.tags == tags_of[i]);
    }
    HOLDS(regions == parts + 1);
    hak_stats stats;
    hak_stats_get(&stats);
    HOLDS(stats.live_blocks == held[parts].live_blocks);
    HOLDS(stats.live_bytes == held[parts].live_bytes && stats.heap_bytes <= heap_bytes);
    HOLDS(hak_check() == NULL);
    return true;
}

/* The heap, and each part, as memory that blocks may lie in. */
static bool begin(void)
{
    size_t given;
    ram = kit_ram(heap_bytes + (parts + 1) * part_bytes, &given);
    HOLDS(ram != NULL && hak_init(ram, heap_bytes) == HAK_OK);
    shadow_memory.count = parts + 1;
    shadow_memory.start[0] = (uintptr_t)ram;
    shadow_memory.end[0] = (uintptr_t)ram + heap_bytes;
    for (unsigned i = 0; i < parts; i++) {
        HOLDS(hak_add_region_tagged(part(i), size_of(i), tags_of[i]) == HAK_OK);
        shadow_memory.start[i + 1] = (uintptr_t)part(i);
        shadow_memory.end[i + 1] = (uintptr_t)part(i) + size_of(i);
    }
    return true;
}

/* No block is left: every region can go, and the heap is as it was without them. */
static bool end(void)
{
    for (unsigned i = 0; i < cores * OBJECTS; i++)
        HOLDS(release(&all[i / OBJECTS].objects[i % OBJECTS]));
    for (unsigned i = 0; i < BOXES; i++)
        HOLDS(release(&boxes[i].content));
    HOLDS(audit());
    for (unsigned i = 0; i < parts; i++)
        HOLDS(hak_region_remove(part(i)) == HAK_OK);
    shadow_memory.count = 1;
    return true;
}

static void idle_body(unsigned number, void *context)
{
    (void)number;
    (void)context;
    hak_core_idle();
}

static void test_regions(void)
{
    size_t bad = 0, removed = 0, live = 0, gone = 0, failures = 0;
    hak_stats stats;
    KIT_CHECK(begin());
    for (unsigned round = 0; round < ROUNDS; round++) {
        kit_parallel(cores, body, NULL);
        KIT_CHECK(!kit_case_failed() && audit());
    }
    KIT_CHECK(end());
    kit_parallel(cores, idle_body, NULL);
    KIT_CHECK(shadow_all_back());
    for (unsigned i = 0; i < cores; i++) {
        bad += all[i].bad;
        removed += all[i].removed;
        live += all[i].live;
        gone += all[i].gone;
        failures += all[i].failures;
    }
    hak_stats_get(&stats);
    kit_print("%zu removed, %zu refused as live, %zu gone already, %zu NULL, %zu bad frees\n",
              removed, live, gone, failures, bad);
    KIT_CHECK(stats.faults == bad && faults == bad && removed != 0 && live != 0);
}

int kit_main(void)
{
    static const kit_case cases[] = {{"regions", test_regions}};
    uint64_t seed = kit_argument_number("seed", 1);
    ops = kit_argument_number("ops", 20000);
    cores = (unsigned)kit_argument_number("cores", 1);
    parts = (unsigned)kit_argument_number("parts", 5);
    heap_bytes = (size_t)kit_argument_number("heap", 256 << 10);
    part_bytes = (size_t)kit_argument_number("part", 64 << 10);
    irq = kit_argument_number("irq", 0) != 0;
    if (cores < 1 || cores > CORES_MOST || cores > kit_cores() || parts < 1 || parts > PARTS_MOST)
        return 2;
    for (unsigned i = 0; i < CORES_MOST; i++) {
        all[i].random = seed * 1000003 + i;
        all[i].handler_random = ~all[i].random;
    }
    return kit_run_cases(cases, 1);
}
