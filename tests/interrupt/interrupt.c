/* SPDX-License-Identifier: MIT */
/*
 * The sweep: for each scene and each thing that a handler may do, the interrupt lands
 * on the first instruction of the call, the second, and so on to the last.
 *
 *   full=1      every instruction. Otherwise: of a stretch with interrupts masked
 *               only the first, as they all come to the same, at its end
 *   most=200    and so many of a call (0: all); the others are passed over evenly
 *   heap=256K   of the first region; the second is half as large
 *   scene=NAME  action=NAME
 *
 * An interrupt that comes late was held off by the mask. That all instructions had
 * theirs is an equation: as many interrupts landed in the call as instructions of it
 * were executed without one, both counted beyond those of an empty call.
 */
#include "interrupt.h"

enum { NOPS = 64, WARM = 200, MOST = 200, FAR = 1 << 20 };

sizes size_of;
scene_state now;
HAK_SITE_DEFINE(the_site, "interrupt: a block that the cache keeps");
const hak_site *const big_site = &the_site;

/* What a sweep counts. */
typedef struct counts {
    uint64_t on_the_spot, deferred; /* interrupts that landed in the call */
    uint64_t episodes;              /* calls that were made */
} counts;

/* Of the episode; written by the handler. */
static volatile struct landing {
    bool inside; /* the call runs */
    bool hit;    /* the interrupt came while it did */
    uint64_t at; /* the time it came */
} landing;
static void (*volatile handler_acts)(void);
const char *volatile complaint;

/* Nanoseconds: of an instruction; until an interrupt that is not held off; until one
 * that lands on the first instruction of the call. */
static uint64_t step, prompt, first_delay;
static uint64_t empty_landings, empty_instructions; /* of an empty call */

void complain(const char *text)
{
    if (complaint == NULL)
        complaint = text;
}

void hak_port_fault(hak_fault kind, const void *pointer, const void *call_site)
{
    (void)pointer, (void)call_site;
    complain(hak_fault_text(kind));
}

static uint64_t mask_state(void)
{
    uint64_t state = kit_mask();
    kit_unmask(state);
    return state;
}

static void on_timer(void)
{
    landing.at = kit_nanoseconds();
    landing.hit = landing.inside;
    if (!landing.inside)
        return;
    if (atomic_load(&run.lock.serving) != atomic_load(&run.lock.next)) {
        complain("an interrupt came while this core had the lock");
        return;
    }
    uint64_t state = mask_state();
    handler_acts();
    if (mask_state() != state)
        complain("a call in a handler did not leave the interrupt mask as it was");
}

static __attribute__((noinline)) void bracket(void (*call)(void))
{
    landing.inside = true;
    call();
    landing.inside = false;
}

/* The call with an interrupt that long from now. false: it was over by then. *late:
 * how long it was held off. */
static bool interrupted(void (*call)(void), uint64_t delay, uint64_t *late)
{
    landing.hit = false;
    uint64_t armed = kit_nanoseconds();
    uint64_t state = mask_state();
    kit_timer_once(delay, on_timer);
    bracket(call);
    kit_timer_stop();
    if (mask_state() != state)
        complain("the call did not leave the interrupt mask as it was");
    *late = landing.hit ? landing.at - armed - delay - prompt : 0;
    return landing.hit;
}

static uint64_t instructions_of(void (*call)(void))
{
    uint64_t before = kit_instructions();
    bracket(call);
    return kit_instructions() - before - kit_instructions_overhead();
}

static void nothing(void) {}
static __attribute__((noinline)) void nops(void) { __asm__ volatile(".rept 64\n\tnop\n\t.endr"); }

static uint64_t landings_in(void (*call)(void))
{
    uint64_t late, delay = first_delay;
    while (interrupted(call, delay, &late))
        delay += step;
    return (delay - first_delay) / step;
}

/* What the machine's clock and timer are like. */
static bool calibrate(void)
{
    uint64_t late, before = kit_nanoseconds(), start = kit_instructions();
    for (volatile unsigned i = 0; i < 100000; i++)
        ;
    uint64_t instructions = kit_instructions() - start;
    if (instructions == 0)
        return false;
    step = (kit_nanoseconds() - before + instructions / 2) / instructions;
    handler_acts = nothing;
    for (uint64_t delay = step; delay < WARM * step; delay += step) /* QEMU translates all of it */
        interrupted(nops, delay, &late);
    for (first_delay = step; !interrupted(nops, first_delay, &late); first_delay += step)
        if (first_delay > FAR * step)
            return false;
    prompt = late;
    empty_landings = landings_in(nothing);
    empty_instructions = instructions_of(nothing);
    return landings_in(nops) == empty_landings + NOPS &&
           instructions_of(nops) == empty_instructions + NOPS;
}

static bool is_zero(const void *block, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (((const volatile char *)block)[i] != 0)
            return false;
    return true;
}

static void judge_block(expectation expects)
{
    void *block = (void *)(uintptr_t)now.result;
    if (block == NULL && (expects != IF_ROOM || !now.full)) {
        complain("the call returned NULL");
    } else if (block != NULL) {
        if (expects == ZEROED && !is_zero(block, now.bytes))
            complain("calloc's block is not zero");
        if (now.alignment != 0 && (uintptr_t)block % now.alignment != 0 && expects != IF_ROOM)
            complain("the block is not aligned as asked for");
        book_add(block, now.bytes);
    }
}

static void judge_resized(expectation expects)
{
    book_block moved = now.subject;
    if (now.result == NULL) {
        if (expects != RESIZED_IF_ROOM)
            complain("realloc returned NULL");
        book_return(now.subject);
        return;
    }
    moved.start = (unsigned char *)(uintptr_t)now.result;
    if (!book_holds(moved, now.bytes < moved.bytes ? now.bytes : moved.bytes))
        complain("realloc lost the contents");
    book_add(moved.start, now.bytes);
}

/* The call's result, then the heap; then all is freed, and nothing may be left. */
static void judge(expectation expects)
{
    if (expects <= IF_ROOM)
        judge_block(expects);
    else if (expects <= RESIZED_IF_ROOM)
        judge_resized(expects);
    else if (expects == KEPT)
        book_return(now.subject);
    if (expects == NULL_ONLY ? now.result != NULL
                             : expects >= FREED && expects <= NOT_NULL && now.result == NULL)
        complain(expects == NULL_ONLY ? now.result : "the call did not do its work");
    book_verify();
    book_free_all();
    book_verify();
}

/* One interrupt in one call. false: the call was over before it. */
static bool episode(const scene *s, const action *a, uint64_t delay, uint64_t *late)
{
    rewind_to(1);
    handler_acts = a->act;
    bool hit = interrupted(s->call, delay, late);
    if (hit)
        judge(s->expects);
    return hit;
}

static uint64_t distance(uint64_t instructions, uint64_t most)
{
    return most != 0 && instructions > most ? instructions / most : 1;
}

/* All instructions of a call; counts up. */
static void sweep(const scene *s, const action *a, uint64_t instructions, counts *sum)
{
    bool full = kit_argument_number("full", 0) != 0;
    uint64_t far = full ? 1 : distance(instructions, kit_argument_number("most", MOST));
    uint64_t delay = first_delay, late;
    counts c = {0, 0, 0};
    while (complaint == NULL && episode(s, a, delay, &late)) {
        uint64_t passed = full || late < step ? 1 : late / step;
        c.episodes++;
        c.on_the_spot += late < step;
        c.deferred += late < step ? 0 : passed;
        delay += step * (late < step ? far : passed);
    }
    if (complaint == NULL && far == 1 &&
        c.on_the_spot + c.deferred - empty_landings != instructions - empty_instructions)
        complain("not every instruction had its interrupt");
    if (complaint != NULL)
        kit_print("FAIL %s: %s, after %llu interrupts; the handler does: %s; %llu instructions "
                  "into the call\n",
                  s->name, complaint, (unsigned long long)(sum->episodes + c.episodes), a->name,
                  (unsigned long long)((delay - first_delay) / step));
    sum->on_the_spot += c.on_the_spot;
    sum->deferred += c.deferred;
    sum->episodes += c.episodes;
}

static void prepare(const scene *s)
{
    rewind_to(0);
    s->prepare();
    book_verify();
    if (now.subject_number != BOOK_NONE)
        now.subject = book_take(now.subject_number);
    rewind_keep(1);
}

static size_t figure(const scene *s)
{
    hak_stats stats;
    hak_stats_get(&stats);
    return *(const size_t *)(const void *)((const char *)&stats + s->stage);
}

/* The call as it is without an interrupt, twice: what it takes, and that it is right. */
static uint64_t undisturbed(const scene *s)
{
    size_t before = figure(s);
    uint64_t instructions = instructions_of(s->call);
    if (s->stage != 0 && figure(s) == before)
        complain("the call does not go where the scene says");
    judge(s->expects);
    rewind_to(1);
    if (instructions_of(s->call) != instructions)
        complain("the heap was not rewound to the same state");
    return instructions;
}

static bool is_named(const char *argument, const char *name)
{
    const char *wanted = kit_argument(argument);
    while (wanted != NULL && *wanted != 0 && *wanted == *name) {
        wanted++;
        name++;
    }
    return wanted == NULL || *wanted == *name;
}

static bool can_play(const scene *s)
{
    return kit_cores() >= (s->needs & CORES) && ((s->needs & CACHED) == 0 || size_of.cached != 0);
}

static void play(const scene *s, counts *total)
{
    counts c = {0, 0, 0};
    prepare(s);
    uint64_t instructions = complaint == NULL ? undisturbed(s) : 0;
    if (complaint != NULL)
        kit_print("FAIL %s: without an interrupt: %s\n", s->name, complaint);
    for (unsigned i = 0; complaint == NULL && i < action_count; i++)
        if (is_named("action", actions[i].name))
            sweep(s, &actions[i], instructions, &c);
    if (complaint == NULL)
        kit_print(
            "ok %s: %llu instructions, interrupts on the spot %llu, deferred %llu, calls %llu\n",
            s->name, (unsigned long long)(instructions - empty_instructions),
            (unsigned long long)c.on_the_spot, (unsigned long long)c.deferred,
            (unsigned long long)c.episodes);
    total->on_the_spot += c.on_the_spot;
    total->deferred += c.deferred;
    total->episodes += c.episodes;
}

static void choose_sizes(void)
{
    size_of.large = pools.limit_bytes > 500 ? pools.limit_bytes + 100 : 600;
    size_of.cached = 0;
    for (size_t bytes = 1024; bytes < (size_t)1 << 20 && size_of.cached == 0; bytes *= 2)
        if (cache_band(&pools.cache, (bytes + bytes / 2) >> GRANULE_SHIFT) == 0)
            size_of.cached = bytes + bytes / 2;
}

static bool start(void)
{
    size_t bytes = (size_t)kit_argument_number("heap", 256 << 10), second = bytes / 2, room;
    char *heap = kit_ram(0, &room);
    if (heap == NULL || room < bytes + second || hak_init(heap, bytes) != HAK_OK ||
        hak_add_region(heap + bytes, second) != HAK_OK || !rewind_start(heap, bytes + second))
        return false;
    choose_sizes();
    now.in_page = now.in_other_page = now.in_run = now.noted = now.subject_number = BOOK_NONE;
    now.seed = 1;
    rewind_keep(0);
    return true;
}

int kit_main(void)
{
    counts total = {0, 0, 0};
    unsigned played = 0;
    if (!start() || !calibrate()) {
        kit_print("FAIL start: no heap, or no timer that counts instructions\n");
        return 1;
    }
    for (unsigned i = 0; complaint == NULL && i < scene_count; i++)
        if (can_play(&scenes[i]) && is_named("scene", scenes[i].name)) {
            play(&scenes[i], &total);
            played++;
        }
    if (complaint == NULL && played != 0)
        kit_print("ok every_instruction: %u scenes, interrupts on the spot %llu, deferred %llu, "
                  "calls %llu\n",
                  played, (unsigned long long)total.on_the_spot, (unsigned long long)total.deferred,
                  (unsigned long long)total.episodes);
    return complaint != NULL || played == 0;
}
