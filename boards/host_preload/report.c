/* SPDX-License-Identifier: MIT */
/* What the preload says, by write(2): no stdio, which would allocate. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "preload.h"

typedef struct text {
    size_t length;
    char bytes[2048];
} text;

static void put(text *t, const char *string)
{
    for (; *string != '\0' && t->length < sizeof t->bytes; string++)
        t->bytes[t->length++] = *string;
}

static void put_number(text *t, size_t n, unsigned base)
{
    char digits[21];
    size_t at = sizeof digits - 1;
    digits[at] = '\0';
    do
        digits[--at] = "0123456789abcdef"[n % base];
    while ((n /= base) != 0);
    put(t, &digits[at]);
}

/* In one piece, so that lines of several processes do not mix. */
static void flush(const text *t, int to)
{
    int saved = errno;
    ssize_t written = write(to, t->bytes, t->length);
    (void)written;
    errno = saved;
}

enum { LEAST_COPY = 100 }; /* out of the way of the program's own files */

/* Where HAK_STATS=1 prints: a copy of standard error, which programs like to
 * close before they end. */
static int stats_to = STDERR_FILENO;

static enum { FAULTS_TOLD, FAULTS_QUIET, FAULTS_ABORT } fault_mode;

void hak_port_fault(hak_fault kind, const void *pointer, const void *call_site)
{
    text t = {0};
    thread_faults++;
    if (fault_mode == FAULTS_QUIET)
        return;
    put(&t, "hak: bad call: ");
    put(&t, hak_fault_text(kind));
    put(&t, ": 0x");
    put_number(&t, (uintptr_t)pointer, 16);
    put(&t, ", by 0x");
    put_number(&t, (uintptr_t)call_site, 16);
    put(&t, "\n");
    flush(&t, STDERR_FILENO);
    if (fault_mode == FAULTS_ABORT)
        abort();
}

size_t report_libc_bytes(void)
{
    struct mallinfo2 (*of_libc)(void);
    *(void **)&of_libc = dlsym(RTLD_NEXT, "mallinfo2");
    if (of_libc == NULL)
        return SIZE_MAX;
    struct mallinfo2 info = of_libc();
    return info.arena + info.hblkhd;
}

static void row(text *t, const char *name, size_t value)
{
    put(t, "hak: ");
    put(t, name);
    put(t, " ");
    put_number(t, value, 10);
    put(t, "\n");
}

void report_print(int to)
{
    text t = {0};
    hak_stats s;
    size_t libc_bytes = report_libc_bytes();
    const char *broken = hak_check();
    hak_stats_get(&s);
    put(&t, "hak: program ");
    put(&t, program_invocation_name);
    put(&t, "\n");
    row(&t, "pid", (size_t)getpid());
    row(&t, "calls", s.malloc_pool + s.malloc_cache + s.malloc_run);
    row(&t, "calls_pool", s.malloc_pool);
    row(&t, "calls_cache", s.malloc_cache);
    row(&t, "calls_without_core", thread_turns()); /* of the whole family */
    row(&t, "frees", s.free_local + s.free_remote + s.free_cache + s.free_run - s.cache_evictions);
    row(&t, "frees_remote", s.free_remote);
    row(&t, "live_blocks", s.live_blocks);
    row(&t, "live_bytes", s.live_bytes);
    row(&t, "peak_bytes", s.peak_bytes);
    row(&t, "heap_bytes", s.heap_bytes);
    row(&t, "released_bytes", heap_released());
    row(&t, "regions", heap_regions());
    row(&t, "failures", heap_refusals());
    row(&t, "faults", s.faults);
    row(&t, "libc_bytes", libc_bytes);
    put(&t, "hak: check ");
    put(&t, broken == NULL ? "ok" : broken);
    put(&t, "\n");
    flush(&t, to);
}

void report_start(void)
{
    const char *faults = getenv("HAK_FAULTS");
    if (faults != NULL && strcmp(faults, "abort") == 0)
        fault_mode = FAULTS_ABORT;
    if (faults != NULL && strcmp(faults, "quiet") == 0)
        fault_mode = FAULTS_QUIET;
    const char *stats = getenv("HAK_STATS");
    int copy = stats == NULL || strcmp(stats, "1") != 0
                   ? -1
                   : fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, LEAST_COPY);
    if (copy >= 0)
        stats_to = copy;
}

/* HAK_STATS as it is at the end: a program may set it for itself. */
__attribute__((destructor(101))) static void finish(void)
{
    const char *to = getenv("HAK_STATS");
    if (to == NULL || *to == '\0')
        return;
    if (strcmp(to, "1") == 0) {
        report_print(stats_to);
        return;
    }
    int file = open(to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file < 0)
        return;
    report_print(file);
    close(file);
}
