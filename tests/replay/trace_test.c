/* SPDX-License-Identifier: MIT */
/*
 * The trace reader: a good trace is accepted, each kind of damage is refused
 * with its own reason and place, and random damage never makes the reader
 * step outside the file (the files lie in exact malloc blocks, for ASan) nor
 * makes it accept what cannot be replayed. Arguments: seed=, rounds=.
 */
#include <stdlib.h>
#include <string.h>

#include "kit.h"
#include "trace.h"

enum { OBJECTS = 40, RECORDS_MAX = 200, FILE_MAX = 80 + RECORDS_MAX * 24 + 64, TEXT = 256 };

typedef struct file {
    unsigned char *bytes; /* exactly `length`, from malloc */
    size_t length;
} file;

static trace_header *header(file f) { return (trace_header *)(void *)f.bytes; }

static trace_record *record(file f, size_t i)
{
    return (trace_record *)(void *)(f.bytes + sizeof(trace_header)) + i;
}

static file copy_of(const void *bytes, size_t length)
{
    file f = {malloc(length ? length : 1), length};
    if (length != 0)
        memcpy(f.bytes, bytes, length);
    return f;
}

/* A trace made at random, with all operations, some objects left live. */
typedef struct maker {
    trace_record records[RECORDS_MAX];
    size_t count;
    uint32_t born, sizes[OBJECTS], ids[OBJECTS];
    size_t live;
    uint64_t bytes, peak_bytes, peak_objects;
} maker;

static void add(maker *m, unsigned op, uint32_t id, uint32_t size)
{
    m->records[m->count] = (trace_record){.op = (uint8_t)op,
                                          .align_log2 = op == TRACE_ALIGNED ? 6 : 0,
                                          .thread = (uint16_t)(1 + m->count % 2),
                                          .site = id % 5,
                                          .id = id,
                                          .size_bytes = size,
                                          .time_us = (uint32_t)m->count * 3};
    m->count++;
    if (m->bytes > m->peak_bytes)
        m->peak_bytes = m->bytes;
    if (m->live > m->peak_objects)
        m->peak_objects = m->live;
}

static void step(maker *m, uint64_t *random)
{
    static const unsigned births[3] = {TRACE_MALLOC, TRACE_CALLOC, TRACE_ALIGNED};
    uint64_t r = kit_random(random);
    uint32_t size = (uint32_t)(r >> 32) % 300;

    if (m->live == 0 || (r % 2 == 0 && m->born < OBJECTS)) {
        if (m->born == OBJECTS)
            return;
        m->ids[m->live++] = m->born;
        m->sizes[m->born] = size;
        m->bytes += size;
        add(m, births[r / 2 % 3], m->born++, size);
        return;
    }
    size_t at = r / 8 % m->live;
    uint32_t id = m->ids[at];
    m->bytes -= m->sizes[id];
    if (r % 3 == 0) {
        m->bytes += size;
        m->sizes[id] = size;
        add(m, TRACE_REALLOC, id, size);
    } else {
        m->ids[at] = m->ids[--m->live];
        add(m, TRACE_FREE, id, m->sizes[id]);
    }
}

static file make_trace(uint64_t seed)
{
    static unsigned char buffer[FILE_MAX];
    maker m = {0};
    uint64_t random = seed * 2 + 1;

    for (unsigned i = 0; i < RECORDS_MAX; i++)
        step(&m, &random);
    trace_header h = {.version = 1,
                      .record_bytes = 24,
                      .records = m.count,
                      .objects = m.born,
                      .sites = 5,
                      .threads = 2,
                      .peak_bytes = m.peak_bytes,
                      .peak_objects = m.peak_objects,
                      .time_us = 10000};
    memcpy(h.magic, "ATRACE1", 8);
    memcpy(buffer, &h, sizeof h);
    memcpy(buffer + sizeof h, m.records, m.count * sizeof *m.records);
    return copy_of(buffer, sizeof h + m.count * sizeof *m.records);
}

static trace_problem read_file(file f, trace *t, trace_error *e)
{
    if (trace_open(t, f.bytes, f.length, e) != TRACE_FINE)
        return e->problem;
    trace_object *objects = malloc(t->object_count * sizeof *objects);
    memset(objects, 0xa5, t->object_count * sizeof *objects);
    trace_problem problem = trace_validate(t, objects, e);
    free(objects);
    return problem;
}

/* Damage, and what must be said about it. */
typedef struct damage {
    size_t at;
    uint32_t value; /* stored as `width` bytes */
    unsigned width;
    trace_problem problem;
    uint64_t byte;
} damage;

static bool refused_as(file good, damage d)
{
    trace t;
    trace_error e;
    char text[TEXT], place[32];
    file f = copy_of(good.bytes, good.length);

    memcpy(f.bytes + d.at, &d.value, d.width);
    trace_problem problem = read_file(f, &t, &e);
    free(f.bytes);
    trace_error_text(&e, text, sizeof text);
    bool right = problem == d.problem && e.problem == problem && e.byte == d.byte;
    size_t n = 0;
    for (uint64_t b = d.byte; n == 0 || b != 0; b /= 10)
        place[n++] = (char)('0' + b % 10);
    for (size_t i = 0; i < n; i++)
        right = right && text[5 + i] == place[n - 1 - i]; /* behind "byte " */
    if (!right)
        kit_print("  byte %zu: problem %d instead of %d at %llu: %s\n", d.at, (int)problem,
                  (int)d.problem, (unsigned long long)e.byte, text);
    return right;
}

static void good_traces(void)
{
    for (uint64_t seed = 1; seed <= 200; seed++) {
        trace t;
        trace_error e;
        file f = make_trace(seed);
        trace_problem answer = read_file(f, &t, &e);
        free(f.bytes);
        KIT_CHECK(answer == TRACE_FINE && e.problem == TRACE_FINE);
    }
}

static void header_damage(void)
{
    static const damage damages[] = {
        {0, 0x41545242, 4, TRACE_MAGIC, 0},  {8, 2, 4, TRACE_VERSION, 8},
        {12, 32, 4, TRACE_RECORD_BYTES, 12}, {16, 0, 4, TRACE_EMPTY, 16},
        {20, 1, 4, TRACE_TOO_MANY, 16},      {24, 0, 4, TRACE_EMPTY, 24},
        {28, 1, 4, TRACE_OBJECT_COUNT, 24},  {24, OBJECTS + 1, 4, TRACE_OBJECT_COUNT, 24},
        {48, 1, 1, TRACE_PEAK_BYTES, 48},    {56, 200, 1, TRACE_PEAK_OBJECTS, 56},
        {60, 1, 1, TRACE_PEAK_OBJECTS, 56},  {64, 7, 1, TRACE_DROPPED, 64},
        {72, 0, 4, TRACE_TIME, 72},
    };
    file f = make_trace(3);

    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        damage d = damages[i];
        if (d.problem == TRACE_PEAK_BYTES)
            d.value = f.bytes[d.at] ^ 1u; /* any value but the right one */
        KIT_CHECK(refused_as(f, d));
    }
    free(f.bytes);
}

static size_t first_with(file f, unsigned op)
{
    size_t i = 0;
    while (record(f, i)->op != op)
        i++;
    return i;
}

static void record_damage(void)
{
    file f = make_trace(3);
    size_t free_at = sizeof(trace_header) + 24 * first_with(f, TRACE_FREE);
    uint32_t freed = record(f, first_with(f, TRACE_FREE))->id;
    size_t last_at = f.length - 24;
    uint32_t late = (uint32_t)header(f)->objects - 1;
    const damage damages[] = {
        {free_at, 5, 1, TRACE_OP, free_at},
        {free_at, 255, 1, TRACE_OP, free_at},
        {free_at + 1, 3, 1, TRACE_ALIGN, free_at + 1},
        {free_at + 2, 0, 2, TRACE_THREAD, free_at + 2},
        {free_at + 2, 3, 2, TRACE_THREAD, free_at + 2},
        {free_at + 4, 5, 4, TRACE_SITE, free_at + 4},
        {free_at + 8, OBJECTS, 4, TRACE_ID, free_at + 8},
        {free_at + 8, late, 4, TRACE_UNBORN, free_at + 8},
        {free_at, TRACE_MALLOC, 1, TRACE_REUSED, free_at + 8},
        {last_at, TRACE_FREE, 1, TRACE_DEAD, last_at + 8},
        {free_at + 12, 0x10000, 4, TRACE_FREE_SIZE, free_at + 12},
        {last_at + 20, 0, 4, TRACE_TIME, last_at + 20},
    };

    /* for TRACE_DEAD: the last record names an object that was freed before */
    record(f, (size_t)header(f)->records - 1)->id = freed;
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++)
        KIT_CHECK(refused_as(f, damages[i]));
    free(f.bytes);
}

static void lengths(void)
{
    static const unsigned char xz[8] = {0xfd, '7', 'z', 'X', 'Z', 0, 0, 4};
    trace t;
    trace_error e;
    file f = make_trace(4);

    for (size_t length = 0; length < f.length; length++) {
        file part = copy_of(f.bytes, length);
        trace_problem answer = read_file(part, &t, &e);
        free(part.bytes);
        KIT_CHECK(answer == (length < sizeof(trace_header) ? TRACE_TOO_SHORT : TRACE_TRUNCATED));
        KIT_CHECK(e.byte == length);
    }
    unsigned char longer[FILE_MAX];
    memset(longer, 0, sizeof longer);
    memcpy(longer, f.bytes, f.length);
    file part = copy_of(longer, f.length + 1);
    trace_problem answer = read_file(part, &t, &e);
    free(part.bytes);
    free(f.bytes);
    KIT_CHECK(answer == TRACE_TRAILING);
    part = copy_of(xz, sizeof xz);
    answer = read_file(part, &t, &e);
    free(part.bytes);
    KIT_CHECK(answer == TRACE_PACKED);
}

/* An accepted trace can be replayed: judged without the reader's tables. */
static bool replayable(const trace *t)
{
    unsigned char state[RECORDS_MAX] = {0};

    for (uint32_t i = 0; i < t->record_count; i++) {
        const trace_record *r = &t->records[i];
        bool birth = r->op != TRACE_REALLOC && r->op != TRACE_FREE;
        if (r->op > TRACE_ALIGNED || r->id >= t->object_count || state[r->id] != (birth ? 0 : 1))
            return false;
        state[r->id] = r->op == TRACE_FREE ? 2 : 1;
    }
    return true;
}

static void spoil(file *f, uint64_t *random)
{
    uint64_t r = kit_random(random);
    unsigned flips = 1 + (unsigned)(r % 3);

    if (r / 8 % 8 == 0)
        f->length = kit_random(random) % (f->length + 1);
    while (flips-- > 0 && f->length != 0) {
        uint64_t s = kit_random(random);
        /* half of the damage to the header, with small and with any values */
        size_t range = s % 2 == 0 && f->length > 80 ? 80 : f->length;
        size_t at = s / 2 % range;
        f->bytes[at] =
            (unsigned char)(s / 65536 % 2 == 0 ? f->bytes[at] ^ (1u << s / 131072 % 8) : s >> 40);
    }
}

static unsigned accepted;

static bool one_round(uint64_t *random)
{
    trace t;
    trace_error e, again;
    char text[TEXT], small[16];
    file good = make_trace(kit_random(random));

    spoil(&good, random);
    file f = copy_of(good.bytes, good.length);
    trace_problem answer = read_file(f, &t, &e);
    bool right =
        answer == read_file(f, &t, &again) && e.byte == again.byte && e.record == again.record;
    if (answer == TRACE_FINE) {
        accepted++;
        right = right && replayable(&t);
    } else {
        right = right && e.byte <= f.length && strlen(trace_error_text(&e, text, sizeof text)) > 40;
    }
    right = right && strlen(trace_error_text(&e, small, sizeof small)) == sizeof small - 1;
    free(f.bytes);
    free(good.bytes);
    return right;
}

static void random_damage(void)
{
    uint64_t seed = kit_argument_number("seed", 1);
    uint64_t rounds = kit_argument_number("rounds", 100000);
    uint64_t random = seed * 2 + 1;

    for (uint64_t i = 0; i < rounds; i++) {
        if (!one_round(&random)) {
            kit_print("  seed %llu round %llu\n", (unsigned long long)seed, (unsigned long long)i);
            KIT_CHECK(!"random damage");
        }
    }
    kit_print("  %llu rounds, %u damaged in ways that do not matter\n", (unsigned long long)rounds,
              accepted);
    KIT_CHECK(accepted < rounds);
}

int kit_main(void)
{
    static const kit_case cases[] = {
        {"good_traces", good_traces},     {"header_damage", header_damage},
        {"record_damage", record_damage}, {"lengths", lengths},
        {"random_damage", random_damage},
    };
    return kit_run_cases(cases, sizeof cases / sizeof *cases);
}
