/* SPDX-License-Identifier: MIT */
/* What the instrumented library calls for its accesses: the view machine. Real memory
 * always has the newest value; plain accesses, all under the lock, use it. */
#include "machine.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MOST = 32, STORES_MOST = 64 };
enum { RELAXED, CONSUME, ACQUIRE, RELEASE, ACQ_REL, SEQ_CST };

/* For each word, the oldest store that may be read. */
typedef struct view {
    unsigned char from[WORDS_MOST];
} view;

typedef struct word {
    uintptr_t address;
    unsigned count;
    uint64_t value[STORES_MOST];
    view knows[STORES_MOST]; /* what an acquire load of the store learns */
} word;

static word words[WORDS_MOST];
static unsigned word_count;
static view views[EXPLORE_THREADS], of_lock;

void machine_forget(void)
{
    word_count = 0;
    memset(views, 0, sizeof views);
    memset(&of_lock, 0, sizeof of_lock);
}

static void join(view *into, const view *other)
{
    for (unsigned i = 0; i < WORDS_MOST; i++)
        if (other->from[i] > into->from[i])
            into->from[i] = other->from[i];
}

static bool acquires(int order) { return order != RELAXED && order != RELEASE; }
static bool releases(int order) { return order >= RELEASE; }

static uint64_t get(uintptr_t address, unsigned bytes)
{
    uint64_t value = 0;
    memcpy(&value, (const void *)address, bytes);
    return value;
}
static void put(uintptr_t address, unsigned bytes, uint64_t value)
{
    memcpy((void *)address, &value, bytes);
}

static word *word_at(uintptr_t address)
{
    for (unsigned i = 0; i < word_count; i++)
        if (words[i].address == address)
            return &words[i];
    if (word_count == WORDS_MOST)
        abort();
    word *w = &words[word_count++];
    w->address = address;
    w->count = 1;
    w->value[0] = get(address, 8);
    memset(&w->knows[0], 0, sizeof w->knows[0]);
    return w;
}

static bool is_lock(uintptr_t address) { return address - machine.memory->lock < 4; }

/* Is the access one to explore? Stops before it. */
static bool stops(uintptr_t address, bool writes)
{
    if (!machine.watching)
        return false;
    if (is_lock(address))
        machine_stop(machine.memory->lock, writes);
    else if (machine.memory->is_shared(address))
        machine_stop(address, writes);
    else
        return false;
    return true;
}

/* The lock's words are only ever read at their newest; its holders hand on what they know. */
static void pass_lock(int order, bool stores)
{
    if (acquires(order))
        join(&views[machine.running], &of_lock);
    if (stores && releases(order))
        join(&of_lock, &views[machine.running]);
}

static uint64_t load(uintptr_t address, unsigned bytes, int order)
{
    if (!stops(address, false))
        return get(address, bytes);
    if (is_lock(address)) {
        pass_lock(order, false);
        return get(address, bytes);
    }
    word *w = word_at(address);
    view *mine = &views[machine.running];
    unsigned char *from = &mine->from[w - words];
    unsigned i = *from + machine_choose(w->count - *from);
    *from = (unsigned char)i;
    if (acquires(order))
        join(mine, &w->knows[i]);
    return w->value[i];
}

static void append(word *w, uint64_t value, int order, bool after_newest)
{
    view *mine = &views[machine.running];
    if (w->count == STORES_MOST)
        abort();
    unsigned i = w->count++;
    w->value[i] = value;
    mine->from[w - words] = (unsigned char)i;
    memset(&w->knows[i], 0, sizeof w->knows[i]);
    w->knows[i].from[w - words] = (unsigned char)i;
    if (after_newest)
        join(&w->knows[i], &w->knows[i - 1]);
    if (releases(order))
        join(&w->knows[i], mine);
}

static void store(uintptr_t address, unsigned bytes, uint64_t value, int order)
{
    bool stopped = stops(address, true);
    word *w = stopped && !is_lock(address) ? word_at(address) : NULL;
    put(address, bytes, value);
    if (w != NULL)
        append(w, value, order, false);
    else if (stopped)
        pass_lock(order, true);
}

typedef enum change { ADD, SUB, AND, OR, XOR, SWAP } change;

static uint64_t changed(change what, uint64_t a, uint64_t b)
{
    switch (what) {
    case ADD:
        return a + b;
    case SUB:
        return a - b;
    case AND:
        return a & b;
    case OR:
        return a | b;
    case XOR:
        return a ^ b;
    default:
        return b;
    }
}

/* Before the store is appended. */
static void learn(word *w, int order)
{
    view *mine = &views[machine.running];
    mine->from[w - words] = (unsigned char)(w->count - 1);
    if (acquires(order))
        join(mine, &w->knows[w->count - 1]);
}

static uint64_t modify(uintptr_t address, unsigned bytes, change what, uint64_t by, int order)
{
    bool stopped = stops(address, true);
    word *w = stopped && !is_lock(address) ? word_at(address) : NULL;
    uint64_t before = get(address, bytes), after = changed(what, before, by);
    put(address, bytes, after);
    if (w != NULL) {
        learn(w, order);
        append(w, after, order, true);
    } else if (stopped) {
        pass_lock(order, true);
    }
    return before;
}

static bool exchange_if(uintptr_t address, unsigned bytes, uint64_t *expected, uint64_t value,
                        int order, int failure)
{
    bool stopped = stops(address, true);
    word *w = stopped && !is_lock(address) ? word_at(address) : NULL;
    uint64_t before = get(address, bytes);
    bool same = before == *expected;
    if (w != NULL)
        learn(w, same ? order : failure);
    if (same) {
        put(address, bytes, value);
        if (w != NULL)
            append(w, value, order, true);
    }
    *expected = before;
    return same;
}

#define ATOMICS(bits)                                                                              \
    uint##bits##_t __tsan_atomic##bits##_load(const volatile void *a, int order);                  \
    void __tsan_atomic##bits##_store(volatile void *a, uint##bits##_t v, int order);               \
    uint##bits##_t __tsan_atomic##bits##_load(const volatile void *a, int order)                   \
    {                                                                                              \
        return (uint##bits##_t)load((uintptr_t)a, bits / 8, order);                                \
    }                                                                                              \
    void __tsan_atomic##bits##_store(volatile void *a, uint##bits##_t v, int order)                \
    {                                                                                              \
        store((uintptr_t)a, bits / 8, v, order);                                                   \
    }                                                                                              \
    CHANGE(bits, fetch_add, ADD)                                                                   \
    CHANGE(bits, fetch_sub, SUB)                                                                   \
    CHANGE(bits, fetch_and, AND)                                                                   \
    CHANGE(bits, fetch_or, OR)                                                                     \
    CHANGE(bits, fetch_xor, XOR)                                                                   \
    CHANGE(bits, exchange, SWAP)                                                                   \
    int __tsan_atomic##bits##_compare_exchange_strong(volatile void *a, void *e, uint##bits##_t v, \
                                                      int order, int failure);                     \
    int __tsan_atomic##bits##_compare_exchange_strong(volatile void *a, void *e, uint##bits##_t v, \
                                                      int order, int failure)                      \
    {                                                                                              \
        uint64_t expected = get((uintptr_t)e, bits / 8);                                           \
        bool done = exchange_if((uintptr_t)a, bits / 8, &expected, v, order, failure);             \
        put((uintptr_t)e, bits / 8, expected);                                                     \
        return done;                                                                               \
    }
#define CHANGE(bits, name, what)                                                                   \
    uint##bits##_t __tsan_atomic##bits##_##name(volatile void *a, uint##bits##_t v, int order);    \
    uint##bits##_t __tsan_atomic##bits##_##name(volatile void *a, uint##bits##_t v, int order)     \
    {                                                                                              \
        return (uint##bits##_t)modify((uintptr_t)a, bits / 8, what, v, order);                     \
    }
ATOMICS(8)
ATOMICS(16)
ATOMICS(32)
ATOMICS(64)

/* Plain accesses. */
#define NOTHING(name)                                                                              \
    void __tsan_##name(void *a);                                                                   \
    void __tsan_##name(void *a) { (void)a; }
#define NOTHING_OF(name)                                                                           \
    NOTHING(name##1)                                                                               \
    NOTHING(name##2)                                                                               \
    NOTHING(name##4)                                                                               \
    NOTHING(name##8)                                                                               \
    NOTHING(name##16)
NOTHING_OF(read)
NOTHING_OF(write)
NOTHING_OF(unaligned_read)
NOTHING_OF(unaligned_write)
NOTHING(func_entry)
NOTHING(func_exit)
NOTHING(init)
NOTHING(read_range)
NOTHING(write_range)
