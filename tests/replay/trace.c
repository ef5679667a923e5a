/* SPDX-License-Identifier: MIT */
#include "trace.h"

static const char magic_text[8] = "ATRACE1";
static const unsigned char xz_magic[6] = {0xfd, '7', 'z', 'X', 'Z', 0};

static trace_problem header_problem(trace_error *e, trace_problem problem, size_t offset,
                                    uint64_t found, uint64_t expected)
{
    *e = (trace_error){problem, 0, 0, offset, found, expected};
    return problem;
}

static int starts_with(const unsigned char *bytes, const void *prefix, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] != ((const unsigned char *)prefix)[i])
            return 0;
    return 1;
}

#define AT(field) offsetof(trace_header, field)

static trace_problem check_counts(const trace_header *h, size_t length, trace_error *e)
{
    if (h->dropped != 0)
        return header_problem(e, TRACE_DROPPED, AT(dropped), h->dropped, 0);
    if (h->records == 0)
        return header_problem(e, TRACE_EMPTY, AT(records), 0, 1);
    if (h->records > UINT32_MAX)
        return header_problem(e, TRACE_TOO_MANY, AT(records), h->records, UINT32_MAX);
    uint64_t needed = sizeof *h + h->records * sizeof(trace_record);
    if (length < needed)
        return header_problem(e, TRACE_TRUNCATED, length, length, needed);
    if (length > needed)
        return header_problem(e, TRACE_TRAILING, (size_t)needed, length, needed);
    if (h->objects == 0)
        return header_problem(e, TRACE_EMPTY, AT(objects), 0, 1);
    if (h->objects > h->records)
        return header_problem(e, TRACE_OBJECT_COUNT, AT(objects), h->objects, h->records);
    return TRACE_FINE;
}

trace_problem trace_open(trace *t, const void *bytes, size_t length, trace_error *e)
{
    const trace_header *h = bytes;

    header_problem(e, TRACE_FINE, 0, 0, 0);
    if (length >= sizeof xz_magic && starts_with(bytes, xz_magic, sizeof xz_magic))
        return header_problem(e, TRACE_PACKED, 0, 0, 0);
    if (length >= sizeof magic_text && !starts_with(bytes, magic_text, sizeof magic_text))
        return header_problem(e, TRACE_MAGIC, 0, 0, 0);
    if (length < sizeof *h)
        return header_problem(e, TRACE_TOO_SHORT, length, length, sizeof *h);
    if (h->version != 1)
        return header_problem(e, TRACE_VERSION, AT(version), h->version, 1);
    if (h->record_bytes != sizeof(trace_record))
        return header_problem(e, TRACE_RECORD_BYTES, AT(record_bytes), h->record_bytes,
                              sizeof(trace_record));
    if (check_counts(h, length, e) != TRACE_FINE)
        return e->problem;
    t->records = (const trace_record *)(h + 1);
    t->record_count = (uint32_t)h->records;
    t->object_count = (uint32_t)h->objects;
    t->peak_bytes = h->peak_bytes;
    t->peak_objects = (uint32_t)(h->peak_objects > UINT32_MAX ? UINT32_MAX : h->peak_objects);
    return TRACE_FINE;
}

/* What trace_validate() carries from record to record. */
typedef struct progress {
    const trace_header *header;
    trace_object *objects;
    uint64_t born, live_objects, live_bytes, peak_objects, peak_bytes;
    uint32_t last_us;
} progress;

enum { NOT_BORN, LIVE, FREED };

static trace_problem record_problem(trace_error *e, trace_problem problem, size_t field,
                                    uint64_t found, uint64_t expected)
{
    /* record and byte are completed by trace_validate(). */
    *e = (trace_error){problem, 1, 0, field, found, expected};
    return problem;
}

#define IN(field) offsetof(trace_record, field)

static trace_problem check_fields(const trace_record *r, const progress *p, trace_error *e)
{
    unsigned align_limit = r->op == TRACE_ALIGNED ? 31 : 0;

    if (r->op > TRACE_ALIGNED)
        return record_problem(e, TRACE_OP, IN(op), r->op, TRACE_ALIGNED);
    if (r->align_log2 > align_limit)
        return record_problem(e, TRACE_ALIGN, IN(align_log2), r->align_log2, align_limit);
    if (r->thread == 0 || r->thread > p->header->threads)
        return record_problem(e, TRACE_THREAD, IN(thread), r->thread, p->header->threads);
    if (r->site >= p->header->sites)
        return record_problem(e, TRACE_SITE, IN(site), r->site, p->header->sites);
    if (r->id >= p->header->objects)
        return record_problem(e, TRACE_ID, IN(id), r->id, p->header->objects);
    if (r->time_us < p->last_us)
        return record_problem(e, TRACE_TIME, IN(time_us), r->time_us, p->last_us);
    return TRACE_FINE;
}

static trace_problem check_life(const trace_record *r, const trace_object *o, trace_error *e)
{
    int allocates = r->op != TRACE_REALLOC && r->op != TRACE_FREE;

    if (allocates && o->state != NOT_BORN)
        return record_problem(e, TRACE_REUSED, IN(id), r->id, 0);
    if (!allocates && o->state == NOT_BORN)
        return record_problem(e, TRACE_UNBORN, IN(id), r->id, 0);
    if (!allocates && o->state == FREED)
        return record_problem(e, TRACE_DEAD, IN(id), r->id, 0);
    if (r->op == TRACE_FREE && r->size_bytes != o->size_bytes)
        return record_problem(e, TRACE_FREE_SIZE, IN(size_bytes), r->size_bytes, o->size_bytes);
    return TRACE_FINE;
}

static void apply(const trace_record *r, progress *p)
{
    trace_object *o = &p->objects[r->id];

    if (o->state == LIVE)
        p->live_bytes -= o->size_bytes;
    if (o->state == NOT_BORN) {
        p->born++;
        p->live_objects++;
    }
    if (r->op == TRACE_FREE) {
        o->state = FREED;
        p->live_objects--;
    } else {
        o->state = LIVE;
        o->size_bytes = r->size_bytes;
        p->live_bytes += r->size_bytes;
    }
    if (p->live_bytes > p->peak_bytes)
        p->peak_bytes = p->live_bytes;
    if (p->live_objects > p->peak_objects)
        p->peak_objects = p->live_objects;
    p->last_us = r->time_us;
}

static trace_problem check_sums(const progress *p, trace_error *e)
{
    const trace_header *h = p->header;

    if (p->born != h->objects)
        return header_problem(e, TRACE_OBJECT_COUNT, AT(objects), h->objects, p->born);
    if (p->peak_bytes != h->peak_bytes)
        return header_problem(e, TRACE_PEAK_BYTES, AT(peak_bytes), h->peak_bytes, p->peak_bytes);
    if (p->peak_objects != h->peak_objects)
        return header_problem(e, TRACE_PEAK_OBJECTS, AT(peak_objects), h->peak_objects,
                              p->peak_objects);
    if (p->last_us > h->time_us)
        return header_problem(e, TRACE_TIME, AT(time_us), h->time_us, p->last_us);
    return TRACE_FINE;
}

trace_problem trace_validate(const trace *t, trace_object *objects, trace_error *e)
{
    progress p = {.header = (const trace_header *)(const void *)t->records - 1, .objects = objects};

    header_problem(e, TRACE_FINE, 0, 0, 0);
    for (uint32_t i = 0; i < t->object_count; i++)
        objects[i] = (trace_object){0, NOT_BORN};
    for (uint32_t i = 0; i < t->record_count; i++) {
        const trace_record *r = &t->records[i];
        if (check_fields(r, &p, e) != TRACE_FINE ||
            check_life(r, &objects[r->id], e) != TRACE_FINE) {
            e->record = i;
            e->byte += sizeof(trace_header) + (uint64_t)i * sizeof *r;
            return e->problem;
        }
        apply(r, &p);
    }
    return check_sums(&p, e);
}

/* $f and $e stand for found and expected. */
static const char *const texts[TRACE_PROBLEMS] = {
    [TRACE_FINE] = "the trace is fine",
    [TRACE_TOO_SHORT] = "the file ends after $f bytes, inside the header of $e; copy it again",
    [TRACE_PACKED] = "the file is xz-compressed; unpack it first (xz -dk)",
    [TRACE_MAGIC] = "the file does not start with \"ATRACE1\": it is not an allocation trace; "
                    "pass an .atrc file",
    [TRACE_VERSION] = "the version is $f; this reader knows version $e only: record it again, "
                      "or use the reader that belongs to it",
    [TRACE_RECORD_BYTES] = "the records have $f bytes each, not $e; the header is damaged, or the "
                           "trace comes from another recorder: record it again",
    [TRACE_EMPTY] = "the header counts 0: nothing was recorded; record it again",
    [TRACE_TOO_MANY] = "the header counts $f records, more than $e; it is damaged: "
                       "copy or record it again",
    [TRACE_TRUNCATED] = "the file ends after $f of $e bytes: it is truncated; copy or unpack it "
                        "again",
    [TRACE_TRAILING] = "the file has $f bytes, its header accounts for $e: something was "
                       "appended, or the header is damaged; copy it again",
    [TRACE_DROPPED] = "the recorder lost $f events, so the objects' histories have holes; "
                      "record it again with a larger buffer",
    [TRACE_OBJECT_COUNT] = "the header counts $f objects, the records allow $e; the file is "
                           "damaged: copy or record it again",
    [TRACE_OP] = "unknown operation $f (known: 0 to $e); the file is damaged: copy it again",
    [TRACE_ALIGN] = "log2 of the alignment is $f, at most $e is possible for this operation; "
                    "the file is damaged: copy it again",
    [TRACE_THREAD] = "thread $f, but threads are 1 to $e; the file is damaged: copy it again",
    [TRACE_SITE] = "site $f, but the header counts only $e sites; the file is damaged: "
                   "copy it again",
    [TRACE_ID] = "object $f, but the header counts only $e objects; the file is damaged: "
                 "copy it again",
    [TRACE_TIME] = "time runs backwards: $f us after $e us; the file is damaged: copy it again",
    [TRACE_REUSED] = "object $f is allocated a second time; ids must be unique: "
                     "copy or record it again",
    [TRACE_UNBORN] = "object $f is used before it is allocated; the file is damaged: "
                     "copy or record it again",
    [TRACE_DEAD] = "object $f is used after it was freed; the file is damaged: "
                   "copy or record it again",
    [TRACE_FREE_SIZE] = "free of $f bytes, but the object has $e; the file is damaged: "
                        "copy it again",
    [TRACE_PEAK_BYTES] = "the header's peak is $f live bytes, the records reach $e; the file is "
                         "damaged: copy it again",
    [TRACE_PEAK_OBJECTS] = "the header's peak is $f live objects, the records reach $e; the file "
                           "is damaged: copy it again",
};

typedef struct writer {
    char *text;
    size_t room, used;
} writer;

static void put(writer *w, char c)
{
    if (w->used + 1 < w->room)
        w->text[w->used++] = c;
}

static void put_number(writer *w, uint64_t n)
{
    char digits[20];
    unsigned count = 0;

    do {
        digits[count++] = (char)('0' + n % 10);
        n /= 10;
    } while (n != 0);
    while (count != 0)
        put(w, digits[--count]);
}

static void put_text(writer *w, const char *s, const trace_error *e)
{
    for (; *s != 0; s++) {
        if (*s != '$')
            put(w, *s);
        else
            put_number(w, *++s == 'f' ? e->found : e->expected);
    }
}

char *trace_error_text(const trace_error *e, char *text, size_t room)
{
    writer w = {text, room, 0};
    unsigned problem = (unsigned)e->problem < TRACE_PROBLEMS ? (unsigned)e->problem : 0;

    if (room == 0)
        return text;
    if (problem != TRACE_FINE) {
        put_text(&w, "byte ", e);
        put_number(&w, e->byte);
        if (e->in_record) {
            put_text(&w, " (record ", e);
            put_number(&w, e->record);
            put(&w, ')');
        }
        put_text(&w, ": ", e);
    }
    put_text(&w, texts[problem], e);
    text[w.used] = 0;
    return text;
}
