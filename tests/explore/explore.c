/* SPDX-License-Identifier: MIT */
/* The explorer: coroutines, choices, and the search through them. memory.c has the
 * accesses. */
#include "machine.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

enum { STACK_BYTES = 1 << 16, CHOICES_MOST = 4096 };

explore_machine machine;
unsigned explore_core;

/* A place where the execution could go on in more than one way. */
typedef struct choice {
    unsigned options, taken;
} choice;
static choice choices[CHOICES_MOST];
static unsigned depth, known; /* choices made now; those that are prescribed */

/* A coroutine gets a context of its own once. From then on jumps, which need no system
 * call, lead to where it stopped, and for each execution back to its begin. */
static ucontext_t context[EXPLORE_THREADS];
static bool has_context[EXPLORE_THREADS];
static jmp_buf at_begin[EXPLORE_THREADS], at_stop[EXPLORE_THREADS], at_home, at_judge;
static unsigned char stacks[EXPLORE_THREADS][STACK_BYTES];
static const explore_scenario *current;

/* One of so many ways: what the search prescribes, then always the first. */
unsigned machine_choose(unsigned options)
{
    if (options < 2)
        return 0;
    if (depth == CHOICES_MOST)
        abort();
    if (depth == known)
        choices[known++] = (choice){options, 0};
    return choices[depth++].taken;
}

static void enter(int number)
{
    setjmp(at_begin[number]);
    current->thread[number].body();
    machine.thread[number].done = true;
    longjmp(at_home, 1);
}

static void begin(unsigned number)
{
    if (has_context[number])
        longjmp(at_begin[number], 1);
    has_context[number] = true;
    getcontext(&context[number]);
    context[number].uc_stack.ss_sp = stacks[number];
    context[number].uc_stack.ss_size = STACK_BYTES;
    context[number].uc_link = NULL;
    makecontext(&context[number], (void (*)(void))enter, 1, (int)number);
    setcontext(&context[number]);
}

static void go_on(unsigned number)
{
    explore_thread *t = &machine.thread[number];
    if (setjmp(at_home) != 0)
        return;
    if (t->begun)
        longjmp(at_stop[number], 1);
    t->begun = true;
    begin(number);
}

/* The thread stops before an access. It goes on when it is chosen. */
void machine_stop(uintptr_t word, bool writes)
{
    explore_thread *t = &machine.thread[machine.running];
    t->word = word;
    t->writes = writes;
    if (setjmp(at_stop[machine.running]) == 0)
        longjmp(at_home, 1);
}

void explore_wait(void)
{
    if (!machine.watching) /* all have ended: nobody will ever let go of it */
        longjmp(at_judge, 1);
    machine.thread[machine.running].waits = true;
    machine_stop(machine.memory->lock, false);
}

static bool depend(const explore_thread *a, const explore_thread *b)
{
    return a->word == b->word && (a->writes || b->writes);
}

static bool can_run(const explore_thread *t) { return !t->done && !t->waits; }

/* Let one thread run up to its next access. false: all that could run sleep. */
static bool step(void)
{
    unsigned awake[EXPLORE_THREADS], count = 0;
    for (unsigned i = 0; i < EXPLORE_THREADS; i++)
        if (can_run(&machine.thread[i]) && !machine.thread[i].sleeps)
            awake[count++] = i;
    if (count == 0)
        return false;
    unsigned taken = machine_choose(count);
    /* Those that were tried before at this place need not come first once more. */
    for (unsigned i = 0; i < taken; i++)
        machine.thread[awake[i]].sleeps = true;
    machine.running = awake[taken];
    explore_thread *t = &machine.thread[machine.running];
    for (unsigned i = 0; i < EXPLORE_THREADS; i++)
        if (i != machine.running && depend(t, &machine.thread[i]))
            machine.thread[i].sleeps = false;
    if (t->word == machine.memory->lock && t->writes)
        for (unsigned i = 0; i < EXPLORE_THREADS; i++)
            machine.thread[i].waits = false;
    explore_core = current->thread[machine.running].core;
    go_on(machine.running);
    return true;
}

/* Another way at the last choice that has one left. */
static bool advance(void)
{
    while (known != 0 && choices[known - 1].taken + 1 == choices[known - 1].options)
        known--;
    if (known == 0)
        return false;
    choices[known - 1].taken++;
    return true;
}

static void copy_parts(unsigned char *saved, bool restore)
{
    for (unsigned i = 0; i < sizeof machine.memory->parts / sizeof machine.memory->parts[0]; i++) {
        void *start = machine.memory->parts[i].start;
        size_t bytes = machine.memory->parts[i].bytes;
        memcpy(restore ? start : saved, restore ? saved : start, bytes);
        saved += bytes;
    }
}

static size_t bytes_of_parts(void)
{
    size_t sum = 0;
    for (unsigned i = 0; i < sizeof machine.memory->parts / sizeof machine.memory->parts[0]; i++)
        sum += machine.memory->parts[i].bytes;
    return sum;
}

static const char *execute(void)
{
    depth = 0;
    machine_forget();
    for (unsigned i = 0; i < EXPLORE_THREADS; i++)
        machine.thread[i] = (explore_thread){.done = current->thread[i].body == NULL};
    machine.watching = true;
    while (step())
        ;
    machine.watching = false;
    bool waits = false;
    for (unsigned i = 0; i < EXPLORE_THREADS; i++) {
        if (can_run(&machine.thread[i]))
            return NULL; /* like another execution from here on */
        waits |= !machine.thread[i].done;
    }
    if (waits)
        return "a core waits for the lock for ever";
    explore_core = 0;
    if (setjmp(at_judge) != 0)
        return "nobody has the lock when all have ended";
    return current->broken();
}

const char *explore(const explore_scenario *scenario, const explore_memory *memory,
                    uint64_t *executions)
{
    const char *broken = NULL;
    machine.memory = memory;
    current = scenario;
    explore_core = 0;
    scenario->prepare();
    unsigned char *saved = malloc(bytes_of_parts());
    copy_parts(saved, false);
    known = 0;
    *executions = 0;
    do {
        copy_parts(saved, true);
        ++*executions;
        broken = execute();
    } while (broken == NULL && advance());
    free(saved);
    return broken;
}
