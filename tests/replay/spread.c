/* SPDX-License-Identifier: MIT */
/*
 * Which core performs which record, and the two ways to run them.
 *
 * On all cores at once there is no global order: a core performs its own
 * records in the order of the trace, each as soon as the record before it on
 * the same object is done. So a core waits only for records with a smaller
 * number, and the smallest record that is not done never waits: no deadlock.
 *
 * Cores that drift apart would need more memory than the recorded program did;
 * no core runs more than `window` records ahead of the slowest.
 */
#include "hak.h"
#include "kit.h"
#include "pause.h"
#include "replay.h"

enum { PROGRESS_LINES = 8 };

static uint32_t mixed(uint32_t a, uint32_t b)
{
    uint64_t x = ((uint64_t)a << 32 | b) * UINT64_C(0x9e3779b97f4a7c15);
    x ^= x >> 32;
    return (uint32_t)(x * UINT64_C(0xd6e8feb86659fd93) >> 32);
}

static unsigned home_core(uint32_t id, unsigned cores) { return mixed(id, 1) % cores; }

/* Three of four objects are freed by another core than their home. */
static unsigned freeing_core(uint32_t id, unsigned cores)
{
    unsigned home = home_core(id, cores);

    if (cores == 1 || mixed(id, 2) % 4 == 0)
        return home;
    return (home + 1 + mixed(id, 3) % (cores - 1)) % cores;
}

static unsigned core_for(const trace_record *t, uint32_t i, unsigned cores)
{
    switch (t->op) {
    case TRACE_FREE:
        return freeing_core(t->id, cores);
    case TRACE_REALLOC:
        return mixed(t->id, i) % cores;
    default:
        return home_core(t->id, cores);
    }
}

void replay_plan(replay *r)
{
    for (uint32_t id = 0; id < r->t.object_count; id++) {
        r->objects[id].block = NULL;
        r->objects[id].size_bytes = 0;
        atomic_store_explicit(&r->objects[id].done, REPLAY_NONE, memory_order_relaxed);
    }
    for (uint32_t i = 0; i < r->t.record_count; i++) {
        const trace_record *t = &r->t.records[i];
        replay_object *o = &r->objects[t->id];
        r->before[i] = atomic_load_explicit(&o->done, memory_order_relaxed);
        atomic_store_explicit(&o->done, i, memory_order_relaxed);
        r->core_of[i] = (uint8_t)core_for(t, i, r->cores);
        /* size_bytes holds the core that allocates the object for now */
        if (t->op == TRACE_FREE) {
            r->frees++;
            r->frees_elsewhere += o->size_bytes != r->core_of[i];
        } else if (t->op != TRACE_REALLOC) {
            o->size_bytes = r->core_of[i];
        }
    }
    for (uint32_t id = 0; id < r->t.object_count; id++) {
        r->objects[id].size_bytes = 0;
        atomic_store_explicit(&r->objects[id].done, REPLAY_NONE, memory_order_relaxed);
    }
}

/* By how much the live bytes can exceed the recorded peak when every
 * allocation comes up to a window too early: the largest sum of live bytes and
 * of those that the next `window` records allocate, less the peak. */
uint64_t replay_drift_bytes(const replay *r)
{
    uint64_t live = 0, ahead = 0, most = 0;
    uint32_t next = 0;

    for (uint32_t i = 0; i < r->t.record_count; i++) {
        for (; next < r->t.record_count && next <= i + r->window; next++)
            if (r->t.records[next].op != TRACE_FREE)
                ahead += r->t.records[next].size_bytes;
        if (live + ahead > most)
            most = live + ahead;
        const trace_record *t = &r->t.records[i];
        if (t->op == TRACE_FREE) {
            live -= t->size_bytes;
        } else {
            /* the old size of a realloc is left in: an upper bound */
            live += t->size_bytes;
            ahead -= t->size_bytes;
            if (t->op == TRACE_REALLOC)
                live -= r->objects[t->id].size_bytes;
            r->objects[t->id].size_bytes = t->size_bytes;
        }
    }
    for (uint32_t id = 0; id < r->t.object_count; id++)
        r->objects[id].size_bytes = 0;
    return most - r->t.peak_bytes;
}

static void print_progress(const replay *r, uint32_t i)
{
    kit_print("  %u of %u records, %llu bytes live\n", (unsigned)i, (unsigned)r->t.record_count,
              (unsigned long long)atomic_load_explicit(&r->live_bytes, memory_order_relaxed));
}

void replay_in_order(replay *r)
{
    uint32_t line = r->t.record_count / PROGRESS_LINES + 1, next_line = line;

    for (uint32_t i = 0; i < r->t.record_count; i++) {
        if (i == next_line) {
            print_progress(r, i);
            next_line += line;
        }
        replay_perform(r, i, &r->counts[0]);
        if (r->listed == 0 &&
            atomic_load_explicit(&r->live_bytes, memory_order_relaxed) == r->t.peak_bytes)
            r->listed = hak_sites_get(r->sites, REPLAY_LIST);
    }
}

static uint32_t slowest(const replay *r)
{
    uint32_t least = REPLAY_NONE;

    for (unsigned core = 0; core < r->cores; core++) {
        uint32_t next = atomic_load_explicit(&r->counts[core].next, memory_order_acquire);
        if (next < least)
            least = next;
    }
    return least;
}

/* Until record i may be performed: not too far ahead, and its object is ready. */
static void wait_for_turn(replay *r, uint32_t i, uint32_t *least, replay_counts *c)
{
    replay_object *o = &r->objects[r->t.records[i].id];
    unsigned turns = 0;

    while (i - *least > r->window) {
        *least = slowest(r);
        if (i - *least > r->window)
            pause_wait(turns++);
    }
    while (atomic_load_explicit(&o->done, memory_order_acquire) != r->before[i])
        pause_wait(turns++);
    c->waits += turns != 0;
}

typedef struct spread {
    replay *r;
    unsigned period_us;
    _Atomic(unsigned) with_timer, arrived;
} spread;

static void body(unsigned core, void *context)
{
    spread *s = context;
    replay *r = s->r;
    replay_counts *c = &r->counts[core];
    uint32_t least = 0, line = r->t.record_count / PROGRESS_LINES + 1, next_line = line;
    bool timer = kit_timer_start(s->period_us, handler_on_timer);

    if (timer)
        atomic_fetch_add_explicit(&s->with_timer, 1, memory_order_relaxed);
    /* start together */
    atomic_fetch_add_explicit(&s->arrived, 1, memory_order_acq_rel);
    for (unsigned turns = 0; atomic_load_explicit(&s->arrived, memory_order_acquire) < r->cores;)
        pause_wait(turns++);
    for (uint32_t i = 0; i < r->t.record_count; i++) {
        if (r->core_of[i] != core)
            continue;
        if (core == 0 && i >= next_line) {
            print_progress(r, i);
            next_line += line;
        }
        atomic_store_explicit(&c->next, i, memory_order_release);
        wait_for_turn(r, i, &least, c);
        replay_perform(r, i, c);
        atomic_store_explicit(&r->objects[r->t.records[i].id].done, i, memory_order_release);
        handler_progress(core);
    }
    atomic_store_explicit(&c->next, REPLAY_NONE, memory_order_release);
    if (timer)
        kit_timer_stop();
    hak_core_idle();
}

bool replay_at_once(replay *r, unsigned period_us)
{
    spread s = {.r = r, .period_us = period_us};

    handler_start(r->cores);
    kit_parallel(r->cores, body, &s);
    return atomic_load_explicit(&s.with_timer, memory_order_relaxed) == r->cores;
}
