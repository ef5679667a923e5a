/* SPDX-License-Identifier: MIT */
/*
 * Reader of recorded allocation traces (.atrc, docs/traces.md). Freestanding:
 * the file's bytes lie in memory; nothing is copied, nothing is allocated.
 *
 *     trace_open()      looks at the header and the length;
 *     trace_validate()  goes through every record, with a table that the
 *                       caller supplies, and proves that the trace can be
 *                       replayed: an accepted trace never names an object
 *                       that is not live.
 *
 * A file that was refused is described by a trace_error; trace_error_text()
 * makes a sentence of it: where, what, and what to do.
 */
#ifndef TRACE_H
#define TRACE_H

#include <stddef.h>
#include <stdint.h>

typedef enum trace_op {
    TRACE_MALLOC = 0,
    TRACE_CALLOC = 1,
    TRACE_REALLOC = 2, /* of a live object; its id stays */
    TRACE_FREE = 3,
    TRACE_ALIGNED = 4
} trace_op;

/* As in the file: little endian, no padding. */
typedef struct trace_record {
    uint8_t op;
    uint8_t align_log2; /* TRACE_ALIGNED only, else 0 */
    uint16_t thread;    /* from 1 */
    uint32_t site;
    uint32_t id;
    uint32_t size_bytes; /* realloc: the new size; free: the object's size */
    uint32_t stack_bytes;
    uint32_t time_us;
} trace_record;

typedef struct trace_header {
    char magic[8];
    uint32_t version;
    uint32_t record_bytes;
    uint64_t records;
    uint64_t objects;
    uint64_t sites;
    uint64_t threads;
    uint64_t peak_bytes;
    uint64_t peak_objects;
    uint64_t dropped;
    uint64_t time_us;
} trace_header;

_Static_assert(sizeof(trace_record) == 24 && sizeof(trace_header) == 80, "as in the file");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "records are read in place");

/* The bytes must be aligned to this. */
#define TRACE_ALIGNMENT 8u

typedef struct trace {
    const trace_record *records;
    uint32_t record_count;
    uint32_t object_count; /* at most record_count */
    uint64_t peak_bytes;   /* sum of the live objects' sizes, at its largest */
    uint32_t peak_objects;
} trace;

/* What trace_validate() keeps per object. */
typedef struct trace_object {
    uint32_t size_bytes;
    uint32_t state; /* 0 not born yet, 1 live, 2 freed */
} trace_object;

typedef enum trace_problem {
    TRACE_FINE = 0,
    TRACE_TOO_SHORT, /* not even a header */
    TRACE_PACKED,    /* an .xz file, not unpacked */
    TRACE_MAGIC,     /* not a trace */
    TRACE_VERSION,
    TRACE_RECORD_BYTES,
    TRACE_EMPTY,        /* no records, or no objects */
    TRACE_TOO_MANY,     /* more records than a 32-bit number counts */
    TRACE_TRUNCATED,    /* fewer bytes than the header's record count needs */
    TRACE_TRAILING,     /* more bytes */
    TRACE_DROPPED,      /* the recorder lost events */
    TRACE_OBJECT_COUNT, /* more objects than records, or not as many as seen */
    TRACE_OP,           /* unknown operation */
    TRACE_ALIGN,        /* not 0 where it must be, or above 31 */
    TRACE_THREAD,       /* 0, or above the header's count */
    TRACE_SITE,         /* not below the header's count */
    TRACE_ID,           /* not below the header's count */
    TRACE_TIME,         /* earlier than the record before, or after the end */
    TRACE_REUSED,       /* an id allocated twice */
    TRACE_UNBORN,       /* realloc or free before the object's allocation */
    TRACE_DEAD,         /* realloc or free after its free */
    TRACE_FREE_SIZE,    /* free with another size than the object has */
    TRACE_PEAK_BYTES,   /* header and records disagree */
    TRACE_PEAK_OBJECTS,
    TRACE_PROBLEMS
} trace_problem;

typedef struct trace_error {
    trace_problem problem;
    int in_record; /* 1: `record` says which one, from 0 */
    uint64_t record;
    uint64_t byte; /* offset in the file of the field that is wrong */
    uint64_t found;
    uint64_t expected; /* or the limit */
} trace_error;

/* The header and the length. error->problem is TRACE_FINE if they are right,
 * and then *t is filled in; returns that problem. */
trace_problem trace_open(trace *t, const void *bytes, size_t length, trace_error *error);

/* Every record, and the header's sums. objects: t->object_count entries, their
 * contents do not matter. Linear. */
trace_problem trace_validate(const trace *t, trace_object *objects, trace_error *error);

/* "byte 8: the version is 2, not 1; ..." into text, at most `room` bytes with
 * the NUL that ends it. Returns text. */
char *trace_error_text(const trace_error *error, char *text, size_t room);

#endif
