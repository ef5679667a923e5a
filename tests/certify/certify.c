/* SPDX-License-Identifier: MIT */
/*
 * certify FILE.atrc: the heap that suffices for any run with the trace's peaks, for the
 * cores that the library was built for. Prints, in one line each,
 *
 *     any HEAP USABLE                     bytes
 *     blocks NUMBER BYTES                 all peaks together, each block of its class
 *     pages NUMBER BYTES
 *     kept NUMBER BYTES                   in the reuse cache
 *     gaps NUMBER BYTES                   and of one
 *     classes NUMBER
 *     class LONGEST PEAK                  with --classes, for each: bytes, blocks
 */
#define _GNU_SOURCE
#include "bound.h"
#include "../replay/trace.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST ((size_t)16 << 30)

_Noreturn static void fail(const char *what, const char *text)
{
    fprintf(stderr, "certify: %s: %s\n", what, text);
    exit(2);
}

static void *map(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE | MAP_NORESERVE,
                   -1, 0);
    if (p == MAP_FAILED)
        fail("mmap", "no memory");
    return p;
}

static void open_trace(const char *path, trace *t)
{
    trace_error error;
    struct stat st;
    char text[256];
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size == 0)
        fail(path, "cannot be read");
    void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED || trace_open(t, bytes, (size_t)st.st_size, &error) != TRACE_FINE)
        fail(path,
             bytes == MAP_FAILED ? "cannot be read" : trace_error_text(&error, text, sizeof text));
    trace_object *objects = map((size_t)t->object_count * sizeof *objects);
    if (trace_validate(t, objects, &error) != TRACE_FINE)
        fail(path, trace_error_text(&error, text, sizeof text));
    close(fd);
}

/* What an object is, while it lives. */
typedef struct object {
    uint16_t bin;
    uint8_t alignment_log2;
} object;

static void play(const trace *t, bound_demand *d)
{
    object *objects = map((size_t)t->object_count * sizeof *objects);
    for (uint32_t i = 0; i < t->record_count; i++) {
        const trace_record *r = &t->records[i];
        object *o = &objects[r->id];
        object was = *o;
        if (r->op != TRACE_FREE) {
            if (r->op != TRACE_REALLOC)
                o->alignment_log2 = r->op == TRACE_ALIGNED ? r->align_log2 : 0;
            o->bin = (uint16_t)bound_bin(r->size_bytes, o->alignment_log2);
            bound_take(d, r->size_bytes, o->alignment_log2);
        }
        d->resizes |= r->op == TRACE_REALLOC;
        if (r->op == TRACE_REALLOC || r->op == TRACE_FREE)
            bound_release(d, was.bin);
    }
}

static unsigned long long bytes_of(uint64_t granules)
{
    return (unsigned long long)granules << GRANULE_SHIFT;
}

static void print(const bound_demand *d, size_t heap, const bound_sum *s, bool classes)
{
    unsigned count = 0;
    uint64_t gaps = (s->needed - 1 - s->block_length - s->page_length - s->kept_length) / s->gap;
    for (unsigned bin = 0; bin < BOUND_BINS; bin++)
        count += d->peak[bin] != 0;
    printf("any %zu %llu\n", heap, bytes_of(s->needed));
    printf("blocks %llu %llu\n", (unsigned long long)s->blocks, bytes_of(s->block_length));
    printf("pages %llu %llu\n", (unsigned long long)s->pages, bytes_of(s->page_length));
    printf("kept %llu %llu\n", (unsigned long long)s->kept, bytes_of(s->kept_length));
    printf("gaps %llu %llu\n", (unsigned long long)gaps, bytes_of(s->gap));
    printf("classes %u\n", count);
    for (unsigned bin = 0; classes && bin < BOUND_BINS; bin++)
        if (d->peak[bin] != 0)
            printf("class %llu %u\n", bytes_of(bound_longest(bin)), d->peak[bin]);
}

int main(int argc, char **argv)
{
    static bound_demand d;
    bound_sum sum;
    trace t;
    bool classes = argc > 2 && strcmp(argv[1], "--classes") == 0;
    if (argc != 2 + classes)
        fail("usage", "certify [--classes] FILE.atrc");
    open_trace(argv[argc - 1], &t);
    play(&t, &d);
    size_t heap = bound_heap(&d, map(MOST), MOST, &sum);
    if (heap == 0)
        fail(argv[argc - 1], "more than 16 GiB");
    print(&d, heap, &sum, classes);
    return 0;
}
