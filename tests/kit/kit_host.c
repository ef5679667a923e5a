/* SPDX-License-Identifier: MIT */
/* Linux: threads are the cores, and take hak's core numbers as their own. */
#define _DEFAULT_SOURCE
#include "kit.h"
#include "machine.h"
#include "hak_host.h"
#include "port_arch.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define RAM_BYTES (UINT64_C(256) << 20) /* "the most there is", unless ram= says more */

static char **arguments; /* behind the program's name, up to a NULL */

static struct {
    void (*body)(unsigned core, void *context);
    void *context;
    sem_t entered;           /* a worker has its number */
    pthread_barrier_t begin; /* all have */
} job;

static bool running;

static _Noreturn void give_up(const char *text)
{
    kit_print("kit: %s\n", text);
    kit_exit(70);
}

static void *worker(void *number)
{
    unsigned core = (unsigned)(uintptr_t)number;
    if (!hak_host_enter() || hak_port_core() != core)
        give_up("a thread did not get the core number it was meant to have");
    sem_post(&job.entered);
    pthread_barrier_wait(&job.begin);
    job.body(core, job.context);
    hak_host_leave();
    return NULL;
}

/* hak gives a thread the lowest number that is free. So the workers start one
 * after another; and as all of them have left, and were joined, at the end,
 * the next call's workers get the same numbers. */
void kit_parallel(unsigned cores, void (*body)(unsigned core, void *context), void *context)
{
    pthread_t threads[KIT_CORES];
    if (cores == 0 || cores > kit_cores() || kit_core() != 0 || running)
        give_up("kit_parallel from another core, nested, or for too many");
    running = true;
    job.body = body;
    job.context = context;
    sem_init(&job.entered, 0, 0);
    pthread_barrier_init(&job.begin, NULL, cores);
    for (unsigned core = 1; core < cores; core++) {
        if (pthread_create(&threads[core], NULL, worker, (void *)(uintptr_t)core) != 0)
            give_up("no thread");
        while (sem_wait(&job.entered) != 0)
            continue;
    }
    pthread_barrier_wait(&job.begin);
    body(0, context);
    for (unsigned core = 1; core < cores; core++)
        pthread_join(threads[core], NULL);
    pthread_barrier_destroy(&job.begin);
    sem_destroy(&job.entered);
    running = false;
}

unsigned kit_cores(void) { return KIT_CORES; }

unsigned kit_core(void) { return hak_port_core(); }

_Noreturn void kit_exit(int status) { exit(status); }

void kit_write(const char *text, size_t bytes)
{
    while (bytes != 0) {
        ssize_t written = write(STDOUT_FILENO, text, bytes);
        if (written <= 0)
            return;
        text += written;
        bytes -= (size_t)written;
    }
}

const char *kit_machine_argument(unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (arguments[i] == NULL)
            return NULL;
    return arguments[n];
}

void *kit_ram(size_t min_bytes, size_t *bytes)
{
    *bytes = min_bytes != 0 ? min_bytes : kit_argument_number("ram", RAM_BYTES);
    void *ram = mmap(NULL, *bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (ram == MAP_FAILED)
        return NULL;
    madvise(ram, *bytes, MADV_HUGEPAGE); /* page faults are most of what a large heap's maps cost */
    return ram;
}

uint64_t kit_instructions(void) { return 0; }

uint64_t kit_nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

bool kit_timer_start(unsigned period_us, void (*handler)(void))
{
    (void)period_us;
    (void)handler;
    return false;
}

bool kit_timer_once(uint64_t delay_ns, void (*handler)(void))
{
    (void)delay_ns;
    (void)handler;
    return false;
}

void kit_timer_stop(void) {}

uint64_t kit_mask(void) { return 0; }

void kit_unmask(uint64_t state) { (void)state; }

long kit_file_open(const char *path) { return open(path, O_RDONLY); }

long kit_file_bytes(long file)
{
    struct stat about;
    return fstat((int)file, &about) == 0 ? (long)about.st_size : -1;
}

long kit_file_read(long file, void *buffer, size_t bytes)
{
    size_t done = 0;
    while (done < bytes) {
        ssize_t got = read((int)file, (char *)buffer + done, bytes - done);
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (long)done;
}

void kit_file_close(long file) { close((int)file); }

/* Threads may be more than processors: let the one run that is waited for. */
void kit_relax(void) { sched_yield(); }

int main(int count, char **values)
{
    (void)count;
    arguments = values + 1;
    if (!hak_host_enter() || kit_core() != 0)
        give_up("the first thread is not core 0");
    return kit_main();
}
