/* SPDX-License-Identifier: MIT */
/*
 * smallest_heap [--static BYTES] [--offset BYTES] [--quick] [--detail] [--only BYTES]
 *               [--policy TABLE] FILE.atrc...
 *
 * For each recorded trace, prints the smallest H such that the trace completes
 * in H bytes and in each of the next 16 sizes, each 0.25% larger. H counts the
 * library's static storage (--static): the heap gets the rest.
 *
 *     name TAB peak live bytes TAB H TAB H / peak
 *
 * hak_init() can be called once in a process, so each attempt is a forked
 * child, which replays the trace and says by its exit status how that ended.
 * The sizes are tried from the peak upwards in steps of 0.25%, because larger
 * is not always better; --quick bisects instead, and may find a larger H. The
 * last step is then refined to 16 bytes.
 *
 * --only BYTES: only tells whether the trace completes in that size: status 0, or 2.
 * --offset: where the heap starts, counted from a 2 MiB boundary.
 * --policy: a policy table to load before.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hak.h"
#include "hak_host.h"
#include "../replay/trace.h"
#include "perform.h"

enum {
    FURTHER_STEPS = 16,
    STEPS_PER_UNIT = 400, /* 0.25% */
    FINEST = 16,
    SECONDS_AT_MOST = 120
};
#define LARGEST       ((size_t)1 << 32)
#define BOUNDARY      ((size_t)2 << 20)
#define GIVE_UP_RATIO 8

/* Exit statuses of a child. */
enum { COMPLETED = 0, NO_MEMORY = 1, FAULTED = 2, SPOILED = 3, REFUSED = 4, CHECK = 5 };

static size_t static_bytes, offset_bytes, only_bytes;
static int quick, detail;

/* What a child tells its parent; shared. */
typedef struct outcome {
    uint32_t record;
    uint64_t live_bytes, wanted_bytes;
    hak_stats stats;
    hak_fault fault;
    char check[128];
} outcome;
static outcome *last;

typedef struct job {
    const char *name;
    trace t;
    void **blocks;       /* one per object */
    unsigned char *heap; /* LARGEST bytes of address space */
    unsigned attempts;
} job;

_Noreturn static void fail(const char *name, const char *text)
{
    fflush(stdout);
    fprintf(stderr, "smallest_heap: %s: %s\n", name, text);
    exit(2);
}

void hak_port_fault(hak_fault kind, const void *pointer, const void *call_site)
{
    (void)pointer;
    (void)call_site;
    last->fault = kind;
    _exit(FAULTED);
}

static unsigned char mark(uint32_t id) { return (unsigned char)(id * 167u + 13u); }

/* In the child. Only the first byte of each block is written: what counts is
 * where blocks fit. */
static int replay(const job *j)
{
    uint32_t *sizes = (uint32_t *)(void *)(j->blocks + j->t.object_count);

    for (uint32_t i = 0; i < j->t.record_count; i++) {
        const trace_record *r = &j->t.records[i];
        unsigned char *block = j->blocks[r->id];
        if (block && sizes[r->id] != 0 && *block != mark(r->id))
            return SPOILED;
        if (block)
            last->live_bytes -= sizes[r->id];
        last->record = i;
        block = perform(r, block);
        if (r->op != TRACE_FREE) {
            if (block == NULL) {
                last->wanted_bytes = r->size_bytes;
                return NO_MEMORY;
            }
            if (r->size_bytes != 0)
                *block = mark(r->id);
            sizes[r->id] = r->size_bytes;
            last->live_bytes += r->size_bytes;
        }
        j->blocks[r->id] = block;
    }
    return COMPLETED;
}

_Noreturn static void child(const job *j, size_t heap_bytes)
{
    alarm(SECONDS_AT_MOST);
    if (!hak_host_enter())
        _exit(REFUSED);
    if (hak_init(j->heap, heap_bytes) != HAK_OK)
        _exit(REFUSED);
    int result = replay(j);
    if (detail) {
        hak_stats_get(&last->stats);
        const char *broken = hak_check();
        if (broken) {
            strncpy(last->check, broken, sizeof last->check - 1);
            _exit(CHECK);
        }
    }
    _exit(result);
}

/* Whether the trace completes in total bytes, static storage included. Ends
 * the program if the library does anything but run out of memory. */
static int completes(job *j, size_t total)
{
    int status;

    if (total <= static_bytes)
        return 0;
    if (total - static_bytes > LARGEST - BOUNDARY)
        fail(j->name, "needs more than 4 GiB");
    *last = (outcome){0};
    j->attempts++;
    pid_t pid = fork();
    if (pid == 0)
        child(j, total - static_bytes);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        fail(j->name, strerror(errno));
    if (WIFEXITED(status)) {
        int code = WEXITSTATUS(status);
        if (code == COMPLETED)
            return 1;
        if (code == NO_MEMORY || code == REFUSED)
            return 0;
    }
    char text[256];
    snprintf(text, sizeof text, "with %zu bytes the library %s at record %u", total,
             WIFSIGNALED(status)              ? strsignal(WTERMSIG(status))
             : WEXITSTATUS(status) == FAULTED ? hak_fault_text(last->fault)
             : WEXITSTATUS(status) == CHECK   ? last->check
             : WEXITSTATUS(status) == SPOILED ? "let a live block be overwritten"
                                              : "ended strangely",
             last->record);
    fail(j->name, text);
}

static size_t next_step(size_t total)
{
    return total + (total + STEPS_PER_UNIT - 1) / STEPS_PER_UNIT;
}

/* 0 if total and the next 16 steps complete, else the largest of them that
 * does not. */
static size_t largest_failure(job *j, size_t total)
{
    size_t sizes[FURTHER_STEPS + 1];

    for (int i = 0; i <= FURTHER_STEPS; i++) {
        sizes[i] = total;
        total = next_step(total);
    }
    for (int i = FURTHER_STEPS; i >= 0; i--)
        if (!completes(j, sizes[i]))
            return sizes[i];
    return 0;
}

/* The first size on the 0.25% grid from `from` with 16 good successors. */
static size_t scan(job *j, size_t from)
{
    size_t first = from, total = from;
    int in_a_row = 0;

    while (in_a_row <= FURTHER_STEPS) {
        if (total / GIVE_UP_RATIO > j->t.peak_bytes + 65536)
            fail(j->name, "does not complete in 8 times its peak");
        if (completes(j, total)) {
            if (in_a_row++ == 0)
                first = total;
        } else {
            in_a_row = 0;
        }
        total = next_step(total);
    }
    return first;
}

/* bad fails, or has a failure among its 16 steps; good has none. */
static size_t refine(job *j, size_t bad, size_t good)
{
    while (good - bad > FINEST) {
        size_t middle = bad + (good - bad) / 2 / FINEST * FINEST;
        if (middle == bad)
            middle += FINEST;
        if (largest_failure(j, middle) == 0)
            good = middle;
        else
            bad = middle;
    }
    return good;
}

/* Bisect, then climb over what fails above. */
static size_t bisect(job *j, size_t bad)
{
    size_t good = bad * 2;

    while (!completes(j, good)) {
        bad = good;
        good = good * 2;
        if (good / GIVE_UP_RATIO > j->t.peak_bytes + 65536)
            fail(j->name, "does not complete in 8 times its peak");
    }
    for (;;) {
        while (good - bad > FINEST) {
            size_t middle = bad + (good - bad) / 2;
            if (completes(j, middle))
                good = middle;
            else
                bad = middle;
        }
        size_t failure = largest_failure(j, good);
        if (failure == 0)
            return good;
        bad = failure;
        good = next_step(failure);
        while (!completes(j, good)) {
            bad = good;
            good = next_step(good);
        }
    }
}

static size_t smallest(job *j)
{
    size_t lowest = j->t.peak_bytes > 1024 ? (size_t)j->t.peak_bytes : 1024;

    if (quick)
        return bisect(j, lowest - FINEST);
    size_t first = scan(j, lowest);
    if (first == lowest)
        return first;
    size_t step = first / STEPS_PER_UNIT + 1;
    return refine(j, first - lowest < step ? lowest : first - step, first);
}

static void print_detail(job *j, size_t total)
{
    size_t below = total - total / STEPS_PER_UNIT;

    completes(j, total);
    const hak_stats *s = &last->stats;
    printf("  heap %zu, metadata %zu, static %zu; taken at peak %zu; pool served %.1f%%; "
           "pages at the end %zu bytes; births %zu, retired %zu, adopted %zu, recalls %zu\n",
           s->heap_bytes, s->metadata_bytes, static_bytes, s->peak_bytes,
           100.0 * (double)s->malloc_pool / (double)(s->malloc_pool + s->malloc_run + 1),
           s->page_bytes, s->refill_birth, s->pages_retired, s->refill_adopt, s->recalls);
    if (!completes(j, below)) {
        s = &last->stats;
        printf("  0.25%% less fails at record %u of %u: wanted %llu, live %llu (%.1f%% of peak), "
               "taken %zu (pages %zu), free %zu, largest free %zu\n",
               last->record, j->t.record_count, (unsigned long long)last->wanted_bytes,
               (unsigned long long)last->live_bytes,
               100.0 * (double)last->live_bytes / (double)j->t.peak_bytes, s->taken_bytes,
               s->page_bytes, s->free_bytes, s->largest_free_bytes);
    }
    printf("  %u attempts\n", j->attempts);
}

static void load_policy(const char *path)
{
    static _Alignas(8) unsigned char table[HAK_POLICY_BYTES + 1];
    int fd = path ? open(path, O_RDONLY) : -1;
    ssize_t length = fd < 0 ? -1 : read(fd, table, sizeof table);
    if (length < 0)
        fail("--policy", strerror(errno));
    close(fd);
    hak_status status = hak_policy_load(table, (size_t)length);
    if (status != HAK_OK)
        fail(path, hak_status_text(status));
}

static void *map(size_t bytes, int flags)
{
    void *p =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0);
    if (p == MAP_FAILED)
        fail("mmap", strerror(errno));
    return p;
}

static void measure(const char *path, unsigned char *heap)
{
    trace_error error;
    char text[256];
    struct stat st;
    job j = {.heap = heap};

    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) != 0)
        fail(path, strerror(errno));
    if (st.st_size == 0)
        fail(path, "the file is empty");
    void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED)
        fail(path, strerror(errno));
    close(fd);
    if (trace_open(&j.t, bytes, (size_t)st.st_size, &error) != TRACE_FINE)
        fail(path, trace_error_text(&error, text, sizeof text));
    size_t table_bytes = (size_t)j.t.object_count * (sizeof *j.blocks + sizeof(trace_object));
    j.blocks = map(table_bytes, MAP_PRIVATE);
    if (trace_validate(&j.t, (trace_object *)(void *)j.blocks, &error) != TRACE_FINE)
        fail(path, trace_error_text(&error, text, sizeof text));
    munmap(j.blocks, table_bytes); /* the children want it zeroed */
    j.blocks = map(table_bytes, MAP_PRIVATE);

    const char *slash = strrchr(path, '/');
    char name[256];
    snprintf(name, sizeof name, "%s", slash ? slash + 1 : path);
    char *ending = strstr(name, ".atrc");
    if (ending)
        *ending = 0;
    j.name = name;
    if (only_bytes != 0) {
        if (!completes(&j, only_bytes))
            fail(name, "runs out of memory");
        return;
    }
    size_t best = smallest(&j);
    printf("%s\t%llu\t%zu\t%.4f\n", name, (unsigned long long)j.t.peak_bytes, best,
           (double)best / (double)j.t.peak_bytes);
    if (detail)
        print_detail(&j, best);
    fflush(stdout);
    munmap(j.blocks, table_bytes);
    munmap(bytes, (size_t)st.st_size);
}

static size_t number(const char *option, const char *text)
{
    char *end;
    errno = 0;
    unsigned long long n = text ? strtoull(text, &end, 0) : 0;

    if (text == NULL || *text == 0 || *end != 0 || errno != 0 || n > LARGEST / 2)
        fail(option, "needs a number of bytes");
    return (size_t)n;
}

int main(int argc, char **argv)
{
    int i = 1;

    last = map(sizeof *last, MAP_SHARED);
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        if (strcmp(argv[i], "--quick") == 0)
            quick = 1;
        else if (strcmp(argv[i], "--detail") == 0)
            detail = 1;
        else if (strcmp(argv[i], "--policy") == 0)
            i++, load_policy(argv[i]);
        else if (strcmp(argv[i], "--static") == 0)
            i++, static_bytes = number("--static", argv[i]);
        else if (strcmp(argv[i], "--only") == 0)
            i++, only_bytes = number("--only", argv[i]);
        else if (strcmp(argv[i], "--offset") == 0)
            i++, offset_bytes = number("--offset", argv[i]);
        else
            fail(argv[i], "unknown option");
    }
    if (i == argc)
        fail("usage", "smallest_heap [--static BYTES] [--offset BYTES] [--quick] [--detail] "
                      "[--only BYTES] [--policy TABLE] FILE.atrc...");
    if (offset_bytes >= BOUNDARY)
        fail("--offset", "must be below 2 MiB");
    unsigned char *space = map(LARGEST + BOUNDARY, MAP_PRIVATE);
    unsigned char *heap = space + (BOUNDARY - (uintptr_t)space % BOUNDARY) + offset_bytes;
    for (; i < argc; i++)
        measure(argv[i], heap);
    return 0;
}
