/* SPDX-License-Identifier: MIT */
/*
 * Replay for boards with a few KiB, in order on one core. There is no room for the
 * trace: it is read in small pieces as it is replayed. It was cut to what fits
 * (tests/tools/cut.py) and has the form of a trace, but that an object's number is
 * used again after its free: so a table of the blocks that live at once will do.
 *     trace=FILE     the cut
 *     heap=N         bytes for hak
 *     plain=1        replay calloc as malloc
 * Lines that start with "= " are for tests/tools/run.py: a name and a value.
 * Exit status: 0 if nothing is wrong.
 */
#include "call.h"
#include "contents.h"
#include "hak.h"
#include "kit.h"

enum {
    GUARD_BYTES = 64,
    STATUS_WRONG = 1,
    STATUS_CANNOT = 2,
    FAULTS_SHOWN = 5,
    PIECE_RECORDS = 8,
    CHECK_EACH = 1024, /* records */
    PROGRESS_LINES = 8
};
#define GUARD_KEY UINT64_C(0xfeedfacecafebeef)

/* A block of the trace. Its contents are made from its birth, too: what a block had in
 * that an earlier one of this number left behind is wrong. */
typedef struct slot {
    uint16_t place; /* where it begins, in granules from the heap's start, plus PLACE_FIRST */
    uint16_t size_bytes;
    uint16_t birth;
} slot;
enum { PLACE_NONE, PLACE_REFUSED, PLACE_FIRST };

static struct {
    trace t;
    long file;
    slot *slots;
    uint8_t *low_guard, *heap, *high_guard;
    size_t heap_bytes;
    bool plain;
    uint16_t births;
    uint32_t operations, failures, skipped, mismatches;
    size_t live_bytes, peak_bytes;
    replay_cost cost[KINDS];
    const char *broken; /* what hak_check() found first */
} run;
static unsigned faults;

void hak_port_fault(hak_fault kind, const void *pointer, const void *call_site)
{
    (void)call_site;
    if (faults++ < FAULTS_SHOWN)
        kit_print("  fault at %p: %s\n", (void *)(uintptr_t)pointer, hak_fault_text(kind));
}

static int cannot(const char *why)
{
    kit_print("replay: %s\n", why);
    return STATUS_CANNOT;
}

static void *block_of(const slot *s)
{
    return run.heap + (size_t)(s->place - PLACE_FIRST) * HAK_GRANULE;
}

static uint64_t key_of(const slot *s)
{
    return REPLAY_KEY((uint32_t)s->birth << 16 | (uint32_t)(s - run.slots));
}

/* The header and the length; the records are looked at one by one. */
static int open_trace(void)
{
    _Alignas(TRACE_ALIGNMENT) trace_header header;
    char text[160];
    trace_error error;
    const char *path = kit_argument("trace");

    run.file = path != NULL ? kit_file_open(path) : -1;
    if (run.file < 0)
        return cannot("the trace cannot be read: check trace=FILE");
    long length = kit_file_bytes(run.file);
    long got = kit_file_read(run.file, &header, sizeof header);
    if (length < 0 || got < 0)
        return cannot("the trace cannot be read: check trace=FILE");
    size_t seen = got < (long)sizeof header ? (size_t)got : (size_t)length;
    if (trace_open(&run.t, &header, seen, &error) != TRACE_FINE)
        return cannot(trace_error_text(&error, text, sizeof text));
    run.t.records = NULL; /* they are not behind this header */
    return 0;
}

/* The table of blocks, the heap, and a guard on each side of it. */
static int lay_out(void)
{
    size_t ram_bytes;
    uint8_t *ram = kit_ram(0, &ram_bytes);
    size_t table = (run.t.object_count * sizeof(slot) + HAK_GRANULE - 1) & ~(HAK_GRANULE - 1);

    run.heap_bytes = (size_t)kit_argument_number("heap", 0) & ~(size_t)7;
    if (run.heap_bytes == 0)
        return cannot("heap=N is needed");
    if (run.t.object_count > UINT16_MAX || run.heap_bytes > ram_bytes ||
        table + 2 * GUARD_BYTES + run.heap_bytes > ram_bytes)
        return cannot("too little RAM for this heap and a table of the trace's blocks");
    run.slots = (slot *)(void *)ram;
    for (uint32_t i = 0; i < run.t.object_count; i++)
        run.slots[i] = (slot){PLACE_NONE, 0, 0};
    run.low_guard = ram + table;
    run.heap = run.low_guard + GUARD_BYTES;
    run.high_guard = run.heap + run.heap_bytes;
    replay_fill(run.low_guard, 0, GUARD_BYTES, GUARD_KEY);
    replay_fill(run.high_guard, 0, GUARD_BYTES, GUARD_KEY);
    kit_print("= heap %zu\n", run.heap_bytes);
    return 0;
}

/* NULL, or what is wrong with the record; its object's number is used again only after
 * a free. */
static const char *record_problem(const trace_record *r)
{
    bool allocates = r->op != TRACE_REALLOC && r->op != TRACE_FREE;

    if (r->op > TRACE_ALIGNED || r->align_log2 > (r->op == TRACE_ALIGNED ? 15 : 0))
        return "unknown operation or alignment";
    if (r->id >= run.t.object_count || r->size_bytes > UINT16_MAX)
        return "a number of an object, or a size, that is too large";
    if (allocates != (run.slots[r->id].place == PLACE_NONE))
        return allocates ? "an object lives that is allocated" : "an object does not live";
    return NULL;
}

/* The block handed out (or not): verify it, fill what is new, write it down. */
static void allocated(slot *s, const trace_record *r, unsigned op, void *block)
{
    size_t before = op == TRACE_REALLOC ? s->size_bytes : 0;
    size_t kept = before < r->size_bytes ? before : r->size_bytes;

    if (block == NULL) {
        if (run.failures++ == 0)
            replay_print_refused(r->size_bytes);
        if (op != TRACE_REALLOC) /* one that failed leaves the old block */
            s->place = PLACE_REFUSED;
        return;
    }
    if (op != TRACE_REALLOC)
        s->birth = run.births++;
    if (!replay_sound(r, op, block, kept, key_of(s)))
        run.mismatches++;
    replay_fill(block, kept, r->size_bytes, key_of(s));
    s->place = (uint16_t)((size_t)((uint8_t *)block - run.heap) / HAK_GRANULE + PLACE_FIRST);
    s->size_bytes = (uint16_t)r->size_bytes;
    run.live_bytes += r->size_bytes - before;
    if (run.live_bytes > run.peak_bytes)
        run.peak_bytes = run.live_bytes;
}

static void release(slot *s)
{
    run.live_bytes -= s->size_bytes;
    *s = (slot){PLACE_NONE, 0, 0};
}

static void perform(const trace_record *r, uint32_t i)
{
    slot *s = &run.slots[r->id];
    unsigned op = r->op == TRACE_CALLOC && run.plain ? TRACE_MALLOC : r->op;
    bool has_block = op == TRACE_REALLOC || op == TRACE_FREE;
    void *before = NULL;
    uint64_t instructions;

    run.operations++;
    if (has_block && s->place == PLACE_REFUSED) {
        run.skipped++;
        if (op == TRACE_FREE)
            release(s);
        return;
    }
    if (has_block) {
        before = block_of(s);
        if (!replay_verify(before, s->size_bytes, key_of(s)))
            run.mismatches++;
    }
    void *after = replay_call(r, op, before, &instructions);
    replay_add_cost(run.cost, replay_kind_of(op, before, after), instructions, i);
    if (op == TRACE_FREE)
        release(s);
    else
        allocated(s, r, op, after);
}

static void check(void)
{
    const char *broken = hak_check();

    if (run.broken == NULL)
        run.broken = broken;
}

static void look_on(uint32_t i)
{
    if (i % (run.t.record_count / PROGRESS_LINES + 1) == 0 && i != 0)
        kit_print("  %u of %u records, %zu bytes live\n", (unsigned)i, (unsigned)run.t.record_count,
                  run.live_bytes);
    if (i % CHECK_EACH == 0)
        check();
}

static int replay_all(void)
{
    _Alignas(TRACE_ALIGNMENT) trace_record piece[PIECE_RECORDS];

    for (uint32_t i = 0; i < run.t.record_count; i++) {
        uint32_t left = run.t.record_count - i,
                 wanted = left < PIECE_RECORDS ? left : PIECE_RECORDS;
        const trace_record *r = &piece[i % PIECE_RECORDS];
        long bytes = (long)(wanted * sizeof *piece);
        if (i % PIECE_RECORDS == 0 && kit_file_read(run.file, piece, (size_t)bytes) != bytes)
            return cannot("the trace cannot be read on");
        const char *problem = record_problem(r);
        if (problem != NULL) {
            kit_print("replay: record %u of the cut: %s\n", (unsigned)i, problem);
            return STATUS_CANNOT;
        }
        look_on(i);
        perform(r, i);
    }
    kit_file_close(run.file);
    return 0;
}

/* Verify and free what the trace left live; how many blocks that were. */
static uint32_t free_rest(void)
{
    uint32_t left = 0;

    for (slot *s = run.slots; s < run.slots + run.t.object_count; s++) {
        if (s->place < PLACE_FIRST)
            continue;
        if (!replay_verify(block_of(s), s->size_bytes, key_of(s)))
            run.mismatches++;
        hak_free(block_of(s));
        release(s);
        left++;
    }
    return left;
}

static unsigned wrong;

static void must(bool condition, const char *otherwise)
{
    if (condition)
        return;
    kit_print("WRONG: %s\n", otherwise);
    wrong++;
}

static void print_value(const char *name, uint64_t value)
{
    kit_print("= %s %llu\n", name, (unsigned long long)value);
}

static void print_report(const hak_stats *s, uint32_t left, uint64_t nanoseconds)
{
    print_value("operations", run.operations);
    print_value("failures", run.failures);
    print_value("skipped", run.skipped);
    print_value("mismatches", run.mismatches);
    print_value("live_peak", run.peak_bytes);
    print_value("left", left);
    print_value("faults", faults);
    print_value("milliseconds", nanoseconds / 1000000);
    print_value("run_peak", s->peak_bytes);
    print_value("metadata", s->metadata_bytes);
    print_value("margin", s->heap_bytes - s->metadata_bytes - s->peak_bytes);
    replay_print_costs(run.cost);
    kit_print("= check %s\n", run.broken != NULL ? run.broken : "clean");
}

static int report(uint64_t nanoseconds)
{
    hak_stats stats;

    check();
    hak_stats_get(&stats);
    uint32_t left = free_rest();
    check();
    print_report(&stats, left, nanoseconds);
    hak_stats_get(&stats);
    must(run.failures == 0, "allocations failed: the heap is too small for this cut");
    must(run.mismatches == 0, "blocks were not as they must be");
    must(faults == 0, "hak reported bad calls");
    must(run.broken == NULL, "hak_check found a broken invariant");
    must(stats.live_blocks == 0 && stats.live_bytes == 0,
         "hak counts live blocks although all are freed");
    must(replay_verify(run.low_guard, GUARD_BYTES, GUARD_KEY) &&
             replay_verify(run.high_guard, GUARD_BYTES, GUARD_KEY),
         "memory outside the heap was written");
    must(run.operations == run.t.record_count, "not every record was performed");
    must(run.peak_bytes == run.t.peak_bytes || run.failures != 0,
         "the replay's peak is not the cut's");
    print_value("wrong", wrong);
    return wrong == 0 ? 0 : STATUS_WRONG;
}

int kit_main(void)
{
    run.plain = kit_argument_number("plain", 0) != 0;
    int status = open_trace();
    if (status == 0)
        status = lay_out();
    if (status != 0)
        return status;
    hak_status given = hak_init(run.heap, run.heap_bytes);
    if (given != HAK_OK)
        return cannot(hak_status_text(given));
    kit_print("  %u records, at most %u blocks at once, heap of %zu bytes\n",
              (unsigned)run.t.record_count, (unsigned)run.t.object_count, run.heap_bytes);
    uint64_t start = kit_nanoseconds();
    status = replay_all();
    return status != 0 ? status : report(kit_nanoseconds() - start);
}
