/* SPDX-License-Identifier: MIT */
/*
 * Replay a recorded trace on hak, verify every block, report. Arguments:
 *     trace=FILE trace_bytes=N   the unpacked trace and its length
 *     heap=N                     bytes for hak
 *     mode=order|spread          one core in order, or all cores at once
 *     cores=N                    for mode=spread
 *     extra=N                    bytes more for mode=spread; default: spread_needs()
 *     window=N period=US         drift in records; timer period
 *     plain=1                    replay calloc as malloc
 *     policy=FILE                load a policy table first
 *     sites=1                    under the trace's sites; calls are not measured
 * Lines that start with "= " are for tests/tools/run.py: a name and a value.
 * Exit status: 0 if nothing is wrong.
 */
#include "hak.h"
#include "kit.h"
#include "replay.h"

enum {
    GUARD_BYTES = 4096,
    STATUS_WRONG = 1,
    STATUS_CANNOT = 2,
    FAULTS_SHOWN = 5,
    CORE_SHARE = 24,
    CORE_BYTES = 8192,
    ORDER_SHARE = 8
};
#define GUARD_KEY UINT64_C(0xfeedfacecafebeef)

static replay run;
static _Atomic(unsigned) faults;

/* Where everything lies in RAM. */
static struct {
    uint8_t *trace, *low_guard, *heap, *high_guard;
    size_t heap_bytes;
} ram;

void hak_port_fault(hak_fault kind, const void *pointer, const void *call_site)
{
    (void)call_site;
    if (atomic_fetch_add_explicit(&faults, 1, memory_order_relaxed) < FAULTS_SHOWN)
        kit_print("  fault at %p: %s\n", (void *)(uintptr_t)pointer, hak_fault_text(kind));
}

static size_t rounded(size_t bytes) { return (bytes + 63) & ~(size_t)63; }

static int cannot(const char *why)
{
    kit_print("replay: %s\n", why);
    return STATUS_CANNOT;
}

/* Load the trace and place the tables behind it. */
static int load(size_t *used, size_t ram_bytes)
{
    char text[256];
    trace_error error;
    const char *path = kit_argument("trace");
    long length = kit_read_file(path, ram.trace, ram_bytes);

    if (length == -1)
        return cannot("the trace cannot be read: check trace=FILE");
    if (length < 0)
        return cannot("the trace is larger than trace_bytes says");
    if (trace_open(&run.t, ram.trace, (size_t)length, &error) != TRACE_FINE)
        return cannot(trace_error_text(&error, text, sizeof text));

    size_t objects = rounded((size_t)length);
    size_t before = objects + rounded(run.t.object_count * sizeof(replay_object));
    size_t core_of = before + rounded(run.t.record_count * sizeof(uint32_t));
    *used = core_of + rounded(run.t.record_count);
    if (*used > ram_bytes)
        return cannot("too little RAM for the trace and its tables: give the machine more, or a "
                      "shorter one");
    run.objects = (replay_object *)(void *)(ram.trace + objects);
    run.before = (uint32_t *)(void *)(ram.trace + before);
    run.core_of = ram.trace + core_of;
    if (trace_validate(&run.t, (trace_object *)(void *)run.objects, &error) != TRACE_FINE)
        return cannot(trace_error_text(&error, text, sizeof text));
    return 0;
}

/*
 * What the recorded program did not need, but this run does: cores that drift
 * apart have more objects live; the handlers have objects of their own; each
 * further core keeps partly used pages to itself (measured on the recorded
 * traces, the bound of promise 3 is higher); and as the order is another one in
 * each run, so is where blocks lie.
 */
static size_t spread_needs(size_t heap_bytes)
{
    uint64_t drift = replay_drift_bytes(&run);
    uint64_t handlers = (uint64_t)run.cores * REPLAY_HANDLER_BYTES;
    uint64_t one_core = heap_bytes / CORE_SHARE > CORE_BYTES ? heap_bytes / CORE_SHARE : CORE_BYTES;
    uint64_t pages = (run.cores - 1) * one_core;
    uint64_t order = heap_bytes / ORDER_SHARE;
    uint64_t extra = kit_argument_number("extra", drift + handlers + pages + order);

    kit_print("= needs %llu because cores drift apart, %llu in handlers, %llu for their own "
              "pages, %llu for another order; %llu given\n",
              (unsigned long long)drift, (unsigned long long)handlers, (unsigned long long)pages,
              (unsigned long long)order, (unsigned long long)extra);
    return (size_t)extra;
}

static int lay_out(void)
{
    size_t trace_bytes = (size_t)kit_argument_number("trace_bytes", 0);
    size_t heap_bytes = (size_t)kit_argument_number("heap", 0);
    size_t used, ram_bytes;

    if (trace_bytes == 0 || heap_bytes == 0)
        return cannot("trace=FILE, trace_bytes=N and heap=N are needed");
    ram.trace = kit_ram(0, &ram_bytes);
    if (ram.trace == NULL)
        return cannot("no RAM");
    int status = load(&used, ram_bytes);
    if (status != 0)
        return status;
    replay_plan(&run);
    ram.low_guard = ram.trace + used;
    ram.heap = ram.low_guard + GUARD_BYTES;
    ram.heap_bytes = heap_bytes + (run.at_once ? spread_needs(heap_bytes) : 0);
    if (ram.heap_bytes > ram_bytes || used + 2 * GUARD_BYTES + ram.heap_bytes + 8 > ram_bytes)
        return cannot("too little RAM for this heap: give the machine more, or hak less (HEAP=)");
    ram.high_guard = ram.heap + ((ram.heap_bytes + 7) & ~(size_t)7);
    replay_fill(ram.low_guard, 0, GUARD_BYTES, GUARD_KEY);
    replay_fill(ram.high_guard, 0, GUARD_BYTES, GUARD_KEY);
    kit_print("= heap %llu\n", (unsigned long long)ram.heap_bytes);
    return 0;
}

static replay_counts sum_counts(void)
{
    replay_counts sum = {0};

    for (unsigned core = 0; core < REPLAY_CORES; core++) {
        const replay_counts *c = &run.counts[core];
        sum.operations += c->operations;
        sum.failures += c->failures;
        sum.skipped += c->skipped;
        sum.mismatches += c->mismatches;
        sum.waits += c->waits;
        for (unsigned k = 0; k < KINDS; k++) {
            sum.cost[k].calls += c->cost[k].calls;
            sum.cost[k].sum += c->cost[k].sum;
            if (c->cost[k].max > sum.cost[k].max) {
                sum.cost[k].max = c->cost[k].max;
                sum.cost[k].max_record = c->cost[k].max_record;
            }
        }
    }
    return sum;
}

static void print_value(const char *name, uint64_t value)
{
    kit_print("= %s %llu\n", name, (unsigned long long)value);
}

static void print_stats(const hak_stats *s)
{
    print_value("run_peak", s->peak_bytes);
    print_value("metadata", s->metadata_bytes);
    print_value("margin", s->heap_bytes - s->metadata_bytes - s->peak_bytes);
    print_value("malloc_pool", s->malloc_pool);
    print_value("malloc_run", s->malloc_run);
    print_value("malloc_cache", s->malloc_cache);
    print_value("cache_misses", s->cache_misses);
    print_value("free_cache", s->free_cache);
    print_value("cache_evictions", s->cache_evictions);
    print_value("free_remote", s->free_remote);
    print_value("free_local", s->free_local);
    print_value("recalls", s->recalls);
    print_value("hak_failures", s->failures);
}

/* What must be so, each with its own sentence; the number of those that are not. */
static unsigned wrong;

static void must(bool condition, const char *otherwise)
{
    if (condition)
        return;
    kit_print("WRONG: %s\n", otherwise);
    wrong++;
}

static const char *check(const char *when)
{
    const char *broken = hak_check();

    kit_print("  hak_check %s: %s\n", when, broken ? broken : "clean");
    return broken;
}

/* = site NUMBER blocks bytes peak mallocs failures; the number is "other" at the end. */
static void print_sites(void)
{
    for (size_t i = 0; i < run.listed; i++) {
        const hak_site_info *s = &run.sites[i];
        uintptr_t number = ((uintptr_t)s->address - REPLAY_SITES) / REPLAY_SITE_BYTES;
        if (s->address == NULL)
            kit_print("= site other");
        else
            kit_print("= site %lu", (unsigned long)number);
        kit_print(" %zu %zu %zu %zu %zu\n", s->live_blocks, s->live_bytes, s->peak_bytes,
                  s->mallocs, s->failures);
    }
}

static void report_spread(const handler_counts *h, bool timer)
{
    print_value("frees", run.frees);
    print_value("frees_elsewhere", run.frees_elsewhere);
    print_value("in_flight", atomic_load_explicit(&run.most_in_flight, memory_order_relaxed));
    print_value("interrupts", h->interrupts);
    print_value("handler_calls", h->calls);
    print_value("handler_failures", h->failures);
    must(h->failures == 0, "an allocation in an interrupt handler failed");
    must(h->mismatches == 0, "a handler's block was damaged");
    must(!timer || h->interrupts > 0, "no timer interrupt came");
    if (run.cores > 1) {
        must(2 * run.frees_elsewhere >= run.frees, "too few objects were freed by another core");
        must(!timer || run.most_in_flight > 1, "the cores did not overlap");
    }
}

static int report(uint64_t nanoseconds, bool timer)
{
    hak_stats stats;
    uint32_t left;
    handler_counts handlers = {0};
    replay_counts sum = sum_counts();

    hak_stats_get(&stats);
    const char *broken_full = check("with the trace's last objects live");
    sum.mismatches += replay_free_rest(&run, &left);
    if (run.at_once)
        handlers = handler_finish();
    const char *broken_empty = check("when all is freed");
    print_value("operations", sum.operations);
    print_value("failures", sum.failures);
    print_value("skipped", sum.skipped);
    print_value("mismatches", sum.mismatches + handlers.mismatches);
    print_value("live_peak", run.peak_bytes);
    print_value("left", left);
    print_value("faults", atomic_load_explicit(&faults, memory_order_relaxed));
    print_value("waits", sum.waits);
    print_value("milliseconds", nanoseconds / 1000000);
    print_stats(&stats);
    if (!run.at_once)
        replay_print_costs(sum.cost);
    print_sites();
    if (run.at_once)
        report_spread(&handlers, timer);
    kit_print("= check %s\n", broken_full ? broken_full : broken_empty ? broken_empty : "clean");
    hak_stats_get(&stats);
    must(sum.failures == 0, "allocations failed: the heap is too small for this trace");
    must(sum.mismatches == 0, "blocks were not as they must be");
    must(atomic_load_explicit(&faults, memory_order_relaxed) == 0, "hak reported bad calls");
    must(broken_full == NULL && broken_empty == NULL, "hak_check found a broken invariant");
    must(stats.live_blocks == 0 && stats.live_bytes == 0,
         "hak counts live blocks although all are freed");
    must(replay_verify(ram.low_guard, GUARD_BYTES, GUARD_KEY) &&
             replay_verify(ram.high_guard, GUARD_BYTES, GUARD_KEY),
         "memory outside the heap was written");
    must(run.at_once || run.peak_bytes == run.t.peak_bytes || sum.failures != 0,
         "the replay's peak is not the recorded one");
    print_value("wrong", wrong);
    return wrong == 0 ? 0 : STATUS_WRONG;
}

static bool take_arguments(void)
{
    const char *mode = kit_argument("mode");
    uint64_t cores = kit_argument_number("cores", kit_cores());

    run.at_once = mode != NULL && mode[0] == 's';
    run.at_sites = kit_argument_number("sites", 0) != 0;
    run.plain = kit_argument_number("plain", 0) != 0;
    run.window = (uint32_t)kit_argument_number("window", 64);
    if (!run.at_once)
        cores = 1;
    run.cores = (unsigned)cores;
    return kit_argument("trace") != NULL && cores >= 1 && cores <= kit_cores() &&
           cores <= REPLAY_CORES && run.window >= 1;
}

/* The table stays where it is read to. */
static bool load_policy(void)
{
    static _Alignas(8) unsigned char table[HAK_POLICY_BYTES];
    const char *path = kit_argument("policy");
    if (path == NULL)
        return true;
    long length = kit_read_file(path, table, sizeof table);
    return length > 0 && hak_policy_load(table, (size_t)length) == HAK_OK;
}

int kit_main(void)
{
    bool timer = false;

    if (!take_arguments())
        return cannot("needs trace=FILE, and cores=N no more than the machine and hak have");
    int status = lay_out();
    if (status != 0)
        return status;
    if (!load_policy())
        return cannot("the policy cannot be read, or does not fit this build");
    hak_status given = hak_init(ram.heap, ram.heap_bytes);
    if (given != HAK_OK)
        return cannot(hak_status_text(given));
    kit_print("  %u objects, %u records, %u core%s, heap of %llu bytes\n",
              (unsigned)run.t.object_count, (unsigned)run.t.record_count, run.cores,
              run.cores == 1 ? "" : "s at once", (unsigned long long)ram.heap_bytes);
    uint64_t start = kit_nanoseconds();
    if (run.at_once)
        timer = replay_at_once(&run, (unsigned)kit_argument_number("period", 100));
    else
        replay_in_order(&run);
    return report(kit_nanoseconds() - start, timer);
}
