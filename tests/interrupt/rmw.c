/* SPDX-License-Identifier: MIT */
/*
 * Interrupted at every instruction: the port's read-modify-writes, in line as in the
 * library, whose handler does the same to the same word, to another word, or nothing.
 * One must come wholly before the other. Where they are made of a load that watches the
 * word and a store that fails if the watch has ended (LDREX and STREX), any interrupt
 * between the two ends it, and the operation begins again: how often is counted.
 *
 *   exclusive=1   they are made so: none may go without having begun again
 *
 * No library is linked.
 */
#include "landing.h"

/* Bits 0, 2, 4, 6 are set; what the one sets or clears the other leaves. */
enum { INITIALLY = 0x55, BY_CALL = 1, BY_HANDLER = 2 };

const char *volatile complaint;
void complain(const char *text)
{
    if (complaint == NULL)
        complaint = text;
}

typedef struct word {
    hak_atomic word;
    _Atomic(uint32_t) word_32;
} word;
static word words[2];

/* Each changes the word by the operand, and tells what it was. */
typedef uintptr_t operation(word *w, uintptr_t operand);
#define ORDER memory_order_acq_rel

static uintptr_t add(word *w, uintptr_t n) { return hak_port_fetch_add(&w->word, n, ORDER); }
static uintptr_t subtract(word *w, uintptr_t n) { return hak_port_fetch_sub(&w->word, n, ORDER); }
static uintptr_t clear(word *w, uintptr_t n)
{
    return hak_port_fetch_and(&w->word, ~(n * n), ORDER);
}
static uintptr_t set(word *w, uintptr_t n) { return hak_port_fetch_or(&w->word, 2 * n * n, ORDER); }
static uintptr_t exchange(word *w, uintptr_t n) { return hak_port_exchange(&w->word, n, ORDER); }
static uintptr_t compare(word *w, uintptr_t n)
{
    uintptr_t is = INITIALLY;
    bool done = hak_port_compare_exchange(&w->word, &is, n, ORDER, memory_order_acquire);
    return is << 1 | done;
}
static uintptr_t add_32(word *w, uintptr_t n)
{
    return hak_port_fetch_add_32(&w->word_32, (uint32_t)n, ORDER);
}

static const struct {
    const char *name;
    operation *run;
} operations[] = {{"fetch_add", add},      {"fetch_sub", subtract}, {"fetch_and", clear},
                  {"fetch_or", set},       {"exchange", exchange},  {"compare_exchange", compare},
                  {"fetch_add_32", add_32}};
enum { OPERATIONS = sizeof operations / sizeof operations[0] };

static operation *volatile running;
static word *volatile handlers_word; /* NULL: it does nothing */

/* What came of it. */
typedef struct outcome {
    uintptr_t call, handler; /* what each found */
    uintptr_t word;
    uint32_t word_32;
} outcome;
static volatile outcome came;

static void call(void) { came.call = running(&words[0], BY_CALL); }
static void act(void)
{
    if (handlers_word != NULL)
        came.handler = running(handlers_word, BY_HANDLER);
}

static void begin(void)
{
    for (unsigned i = 0; i < 2; i++) {
        atomic_store(&words[i].word, INITIALLY);
        atomic_store(&words[i].word_32, INITIALLY);
    }
    came.call = came.handler = 0;
}

static outcome end(void)
{
    return (outcome){came.call, came.handler, atomic_load(&words[0].word),
                     atomic_load(&words[0].word_32)};
}

static bool same(outcome a, outcome b)
{
    return a.call == b.call && a.handler == b.handler && a.word == b.word && a.word_32 == b.word_32;
}

/* One before the other, uninterrupted. */
static outcome in_order(void (*first)(void), void (*second)(void))
{
    begin();
    first();
    second();
    return end();
}

typedef struct counts {
    uint64_t landings, again;
} counts;

/* Every instruction, and a few behind the call. */
static counts sweep(uint64_t plain)
{
    outcome one = in_order(call, act), other = in_order(act, call);
    counts c = {0, 0};
    landing where = {0, 0, 0};
    uint64_t least = 0;
    for (uint64_t delay = first_delay;; delay++) {
        begin();
        if (!interrupted(call, act, delay, &where))
            break;
        outcome is = end();
        if (!same(is, one) && !same(is, other))
            complain("an operation and its handler's came in between one another");
        if (where.late != 0)
            complain("an interrupt was late");
        least = least == 0 || where.in_all < least ? where.in_all : least;
        c.again += where.in_all > least;
        c.landings++;
    }
    if (c.landings - empty_landings != plain - empty_instructions)
        complain("not every instruction had its interrupt");
    return c;
}

static void play(unsigned number)
{
    word *const of_handler[] = {NULL, &words[1], &words[0]};
    uint64_t landings = 0, again = 0;
    running = operations[number].run;
    for (unsigned i = 0; i < 3; i++) {
        handlers_word = of_handler[i];
        begin();
        call();
        begin();
        counts c = sweep(instructions_of(call));
        landings += c.landings;
        /* The handler's own way differs where it finds another word. */
        again += i < 2 ? c.again : 0;
    }
    if (again == 0 && kit_argument_number("exclusive", 0) != 0)
        complain("no interrupt made it begin again");
    if (complaint != NULL)
        kit_print("FAIL %s: %s\n", operations[number].name, complaint);
    else
        kit_print("ok %s: %llu interrupts, began again after %llu\n", operations[number].name,
                  (unsigned long long)landings, (unsigned long long)again);
}

int kit_main(void)
{
    if (!calibrate()) {
        kit_print("FAIL start: no timer that counts instructions\n");
        return 1;
    }
    for (unsigned i = 0; complaint == NULL && i < OPERATIONS; i++)
        play(i);
    return complaint != NULL;
}
