/* SPDX-License-Identifier: MIT */
/*
 * attack: programs that try to run out of memory in a heap of the size that bound.c says
 * suffices. Each has a demand of its own, and keeps to its peaks. Prints for each the
 * bound, and the smallest heap in which the attack still failed: how close it came.
 * As many threads at once as the library has cores, each with as much of its own.
 *
 *   shrink   blocks are cut to their first granule: a gap behind each
 *   aligned  small blocks, far apart by their alignment
 *   comb     every second block is freed, then longer ones are asked for
 *   robson   the program that is worst for the best of all allocators: blocks twice as
 *            long in each round; those that are kept leave no gap for them. [Robson 1971]
 *   random   everything, with every second block freed now and then
 */
#define _GNU_SOURCE
#include "bound.h"
#include "hak_host.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_BLOCKS = 4096, NO_MEMORY = 1, WRONG = 2, ROUNDS = 60, STEPS = 200 };
#define SPACE ((size_t)2 << 30)

/* What the attack may have live, and has. */
typedef struct attacker {
    bound_demand d;
    struct {
        char *start;
        uint32_t length;
    } blocks[MOST_BLOCKS];
    unsigned count;
    uint64_t seed;
} attacker;

typedef struct attack {
    const char *name;
    void (*demand)(attacker *a); /* fills in the peaks */
    void (*run)(attacker *a);
    bool strong; /* it must fail where there is no room for gaps */
} attack;

/* The threads; and all of them together, of which only the demand counts. */
static attacker attackers[HAK_CORES], all;

void hak_port_fault(hak_fault kind, const void *pointer, const void *call_site)
{
    (void)kind, (void)pointer, (void)call_site;
    _exit(WRONG);
}

static size_t bytes_of(uint32_t granules) { return (size_t)granules << GRANULE_SHIFT; }

/* In demand(): so many blocks of the length will be live at a time. */
static void plan(attacker *a, unsigned blocks, uint32_t length, unsigned alignment_log2)
{
    unsigned bin = bound_bin(bytes_of(length), alignment_log2);
    a->d.live[bin] = a->d.peak[bin]; /* beside what was planned before */
    for (unsigned i = 0; i < blocks; i++)
        bound_take(&a->d, bytes_of(length), alignment_log2);
    a->d.live[bin] = 0;
}

static bool may_take(const attacker *a, uint32_t length)
{
    unsigned bin = bound_bin(bytes_of(length), 0);
    return a->d.live[bin] < a->d.peak[bin] && a->count < MOST_BLOCKS;
}

static void note(attacker *a, void *p, uint32_t length, unsigned alignment_log2)
{
    unsigned bin = bound_bin(bytes_of(length), alignment_log2);
    if (p == NULL)
        _exit(NO_MEMORY);
    if (++a->d.live[bin] > a->d.peak[bin])
        _exit(WRONG); /* more than its demand */
    a->blocks[a->count].start = p;
    a->blocks[a->count++].length = length;
}

static void take(attacker *a, uint32_t length) { note(a, hak_malloc(bytes_of(length)), length, 0); }

static void give(attacker *a, unsigned i)
{
    hak_free(a->blocks[i].start);
    bound_release(&a->d, bound_bin(bytes_of(a->blocks[i].length), 0));
    a->blocks[i] = a->blocks[--a->count];
}

/* shrink: LONG granules each, of which one stays. */
enum { KEPT = 200 / HAK_CORES, LONG = 300 };

static void shrink_demand(attacker *a)
{
    plan(a, KEPT, 1, 0);
    plan(a, 2, LONG, 0);
    a->d.resizes = true;
}

/* The next one lies behind it already: the gap does not join what is free there. */
static void shrink_run(attacker *a)
{
    take(a, LONG);
    for (unsigned i = 0; i < KEPT; i++) {
        take(a, LONG);
        if (hak_realloc(a->blocks[i].start, bytes_of(1)) != a->blocks[i].start)
            _exit(WRONG); /* it came from a page: the heap is too large for this attack */
        bound_release(&a->d, bound_bin(bytes_of(LONG), 0));
        a->d.live[1]++;
        a->blocks[i].length = 1;
    }
}

/* aligned: to 4 KiB. */
enum { FAR_LOG2 = 12, FAR = 1 << (FAR_LOG2 - GRANULE_SHIFT), FEW = 100 };

static void aligned_demand(attacker *a)
{
    plan(a, FEW, FAR_LOG2, FAR_LOG2);
    plan(a, 1, FAR, 0);
}

static void aligned_run(attacker *a)
{
    for (unsigned i = 0; i < FEW; i++)
        note(a, hak_aligned_alloc(1u << FAR_LOG2, 1), FAR_LOG2, FAR_LOG2);
    take(a, FAR);
}

/* comb: lengths from LEAST_TOOTH, each twice as long as the last but one. */
enum { LEAST_TOOTH = 8, TEETH = 60, COMBS = 12 };

static uint32_t tooth(unsigned comb) { return (LEAST_TOOTH + comb % 2 * 4) << comb / 2; }

static void comb_demand(attacker *a)
{
    plan(a, TEETH * COMBS, 1, 0);
    for (unsigned comb = 0; comb < COMBS; comb++)
        plan(a, TEETH, tooth(comb), 0);
}

static void comb_run(attacker *a)
{
    for (unsigned comb = 0; comb < COMBS; comb++) {
        for (unsigned i = 0; i < TEETH; i++) {
            take(a, tooth(comb));
            take(a, 1);
        }
        for (unsigned i = a->count; i-- > 0;)
            if (a->blocks[i].length != 1)
                give(a, i);
    }
}

/* robson: at most TOTAL granules live, lengths 1 to 2^DOUBLINGS. */
enum { TOTAL = 2048, DOUBLINGS = 9 };

static void robson_demand(attacker *a)
{
    for (unsigned i = 0; i <= DOUBLINGS; i++)
        plan(a, TOTAL >> i, 1u << i, 0);
}

static uint32_t first_granule(const attacker *a, unsigned i)
{
    return (uint32_t)((uintptr_t)a->blocks[i].start >> GRANULE_SHIFT);
}

/* Does the block contain a place that is `offset` modulo `period`? */
static bool covers(const attacker *a, unsigned i, uint32_t offset, uint32_t period)
{
    return ((offset - first_granule(a, i)) & (period - 1)) < a->blocks[i].length;
}

/* The more the blocks that stay leave unused of a whole period, the worse. */
static uint64_t waste(const attacker *a, uint32_t offset, uint32_t period)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < a->count; i++)
        sum += covers(a, i, offset, period) ? period - a->blocks[i].length : 0;
    return sum;
}

static void robson_run(attacker *a)
{
    uint32_t offset = 0, live = 0;
    for (unsigned step = 0; step <= DOUBLINGS; step++) {
        uint32_t length = 1u << step;
        if (step > 0 && waste(a, offset + length / 2, length) > waste(a, offset, length))
            offset += length / 2;
        for (unsigned i = a->count; step > 0 && i-- > 0;)
            if (!covers(a, i, offset, length)) {
                live -= a->blocks[i].length;
                give(a, i);
            }
        for (; live + length <= TOTAL && may_take(a, length); live += length)
            take(a, length);
    }
}

/* random: lengths with a uniform logarithm. */
enum { VARIETY = 60, MOST_LENGTH = 600 };

static uint32_t next_random(attacker *a, uint32_t below)
{
    a->seed = a->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((a->seed >> 33) % below);
}

static uint32_t random_length(attacker *a)
{
    uint32_t octave = 1u << next_random(a, 9);
    uint32_t length = octave + next_random(a, octave);
    return length < MOST_LENGTH ? length : MOST_LENGTH;
}

static void random_demand(attacker *a)
{
    for (unsigned i = 0; i < VARIETY; i++) {
        uint32_t length = random_length(a);
        plan(a, 1 + 200 / length, length, 0);
    }
    a->d.resizes = true;
}

static void resize_any(attacker *a)
{
    unsigned i = next_random(a, a->count);
    uint32_t length = random_length(a);
    if (!may_take(a, length))
        return;
    void *p = hak_realloc(a->blocks[i].start, bytes_of(length));
    unsigned bin = bound_bin(bytes_of(length), 0);
    if (p == NULL)
        _exit(NO_MEMORY);
    bound_release(&a->d, bound_bin(bytes_of(a->blocks[i].length), 0));
    a->d.live[bin]++;
    a->blocks[i].start = p;
    a->blocks[i].length = length;
}

static void random_run(attacker *a)
{
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned step = 0; step < 40 * STEPS && a->count < MOST_BLOCKS; step++) {
            uint32_t length = random_length(a);
            if (a->count > 8 && step % 8 == 0)
                resize_any(a);
            else if (may_take(a, length))
                take(a, length);
        }
        for (unsigned i = a->count; i-- > 0;)
            if ((first_granule(a, i) / (1 + round % 7)) % 2 == 0)
                give(a, i);
    }
}

static const attack attacks[] = {
    {"shrink", shrink_demand, shrink_run, true},  {"aligned", aligned_demand, aligned_run, true},
    {"comb", comb_demand, comb_run, false},       {"robson", robson_demand, robson_run, false},
    {"random", random_demand, random_run, false},
};
enum { ATTACKS = sizeof attacks / sizeof attacks[0] };

static const attack *running;

static void *run_thread(void *context)
{
    if (hak_host_enter() == 0)
        _exit(WRONG);
    running->run(context);
    return NULL;
}

/* The main thread gives its number back: each of the others takes one. */
static void run_threads(const attack *one)
{
    pthread_t threads[HAK_CORES];
    running = one;
    hak_core_idle();
    hak_host_leave();
    for (unsigned i = 0; i < HAK_CORES; i++)
        if (pthread_create(&threads[i], NULL, run_thread, &attackers[i]) != 0)
            _exit(WRONG);
    for (unsigned i = 0; i < HAK_CORES; i++)
        pthread_join(threads[i], NULL);
}

/* How the attack ends in such a heap: 0, NO_MEMORY, or WRONG. */
static int outcome(const attack *one, char *heap, size_t bytes)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        if (hak_init(heap, bytes) != HAK_OK)
            _exit(NO_MEMORY);
        run_threads(one);
        _exit(hak_check() == NULL ? 0 : WRONG);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return WRONG;
    return WEXITSTATUS(status);
}

/* The largest heap found in which it fails, by bisection; larger ones may fail too. */
static size_t largest_failure(const attack *one, char *heap, size_t good)
{
    size_t bad = HAK_HEAP_MIN;
    while (good - bad > 256 + good / 256) {
        size_t middle = bad + (good - bad) / 2;
        if (outcome(one, heap, middle) == 0)
            good = middle;
        else
            bad = middle;
    }
    return bad;
}

/* In the heap of the bound, and in ten larger ones, each at another place. */
static int fails_anywhere(const attack *one, char *heap, size_t bytes)
{
    for (unsigned i = 0; i <= 10; i++) {
        int end = outcome(one, heap + i * 7 * GRANULE_BYTES, bytes + bytes / 1000 * i);
        if (end != 0)
            return end;
    }
    return 0;
}

static bool test(const attack *one, unsigned seed, char *heap)
{
    bound_sum sum;
    all = (attacker){0};
    for (unsigned i = 0; i < HAK_CORES; i++) {
        all.seed = seed * 100 + i;
        attackers[i] = (attacker){.seed = all.seed};
        one->demand(&attackers[i]);
        one->demand(&all);
    }
    size_t bytes = bound_heap(&all.d, heap, SPACE / 2, &sum);
    if (bytes == 0) {
        printf("FAIL attack of %d: %s %u: there is no bound\n", HAK_CORES, one->name, seed);
        return false;
    }
    int end = fails_anywhere(one, heap, bytes);
    size_t bad = largest_failure(one, heap, bytes);
    size_t bare = bytes_of((uint32_t)(sum.block_length + sum.page_length));
    bool good = end == 0 && (!one->strong || bad > bare);
    printf("%s attack of %d: %s %u: %s bound %zu, fails in %zu (%.2f), blocks and pages %zu\n",
           good ? "ok" : "FAIL", HAK_CORES, one->name, seed,
           end == WRONG ? "went wrong;"
           : end != 0   ? "ran out of memory;"
                        : "",
           bytes, bad, (double)bad / (double)bytes, bare);
    return good;
}

static unsigned rounds_of(const attack *one, unsigned seeds)
{
    return one->run == random_run ? seeds : one->strong || seeds != 0;
}

/* attack [SEEDS]: how many of random, 6; 0: only what comes close to the bound. */
int main(int argc, char **argv)
{
    unsigned seeds = argc > 1 ? (unsigned)atoi(argv[1]) : 6;
    char *heap = mmap(NULL, SPACE, PROT_READ | PROT_WRITE,
                      MAP_ANONYMOUS | MAP_PRIVATE | MAP_NORESERVE, -1, 0);
    bool good = heap != MAP_FAILED && hak_host_enter() != 0;
    if (!good)
        printf("FAIL attack: no memory\n");
    setvbuf(stdout, NULL, _IONBF, 0);
    for (unsigned i = 0; heap != MAP_FAILED && i < ATTACKS; i++)
        for (unsigned seed = 1; seed <= rounds_of(&attacks[i], seeds); seed++)
            good &= test(&attacks[i], seed, heap);
    return good ? 0 : 1;
}
