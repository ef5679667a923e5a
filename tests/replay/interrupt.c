/* SPDX-License-Identifier: MIT */
/*
 * The timer's handler: allocates and frees in interrupt context. Each core has
 * a few slots; a tick empties a full slot or fills an empty one. Every second
 * new block is exchanged for the one in the next core's mailbox, so that
 * handlers also free what handlers of other cores allocated.
 *
 * A tick does nothing if the interrupted core performed no record since the
 * last one: where the host has fewer processors than the machine has cores,
 * the handlers alone could otherwise keep the lock and the processors busy.
 */
#include "hak.h"
#include "kit.h"
#include "replay.h"

/* At the start of each block; the rest is filled from the seed. */
typedef struct letter {
    uint64_t seed;
    uint32_t size_bytes;
    uint32_t check; /* of the two above */
} letter;

typedef struct handler_core {
    letter *slots[HANDLER_SLOTS];
    volatile bool progress; /* set by the core, cleared by its handler */
    uint64_t random;
    handler_counts counts;
    /* Release by the core that puts a letter in, acquire by the one that takes it. */
    _Alignas(64) _Atomic(letter *) mailbox;
} handler_core;

static handler_core handlers[REPLAY_CORES];
static unsigned handler_cores;

static uint32_t check_of(const letter *l)
{
    return (uint32_t)(l->seed >> 32) ^ l->size_bytes * 31u;
}

static letter *write_letter(handler_core *h)
{
    size_t more = (size_t)(kit_random(&h->random) % (HANDLER_MAX_BYTES - sizeof(letter)));
    size_t size = sizeof(letter) + more;
    letter *l = hak_malloc(size);

    h->counts.calls++;
    if (l == NULL) {
        h->counts.failures++;
        return NULL;
    }
    l->seed = kit_random(&h->random);
    l->size_bytes = (uint32_t)size;
    l->check = check_of(l);
    replay_fill(l + 1, 0, size - sizeof *l, l->seed);
    return l;
}

static void read_letter(handler_core *h, letter *l)
{
    if (l->check != check_of(l) || l->size_bytes > HANDLER_MAX_BYTES ||
        !replay_verify(l + 1, l->size_bytes - sizeof *l, l->seed))
        h->counts.mismatches++;
    h->counts.calls++;
    hak_free(l);
}

void handler_progress(unsigned core) { handlers[core].progress = true; }

void handler_on_timer(void)
{
    unsigned core = kit_core();
    handler_core *h = &handlers[core];
    letter **slot = &h->slots[kit_random(&h->random) % HANDLER_SLOTS];

    h->counts.interrupts++;
    if (!h->progress)
        return;
    h->progress = false;
    if (*slot != NULL) {
        read_letter(h, *slot);
        *slot = NULL;
        return;
    }
    letter *l = write_letter(h);
    if (l != NULL && kit_random(&h->random) % 2 == 0)
        l = atomic_exchange_explicit(&handlers[(core + 1) % handler_cores].mailbox, l,
                                     memory_order_acq_rel);
    *slot = l;
}

void handler_start(unsigned cores)
{
    handler_cores = cores;
    for (unsigned core = 0; core < REPLAY_CORES; core++) {
        handler_core *h = &handlers[core];
        for (unsigned i = 0; i < HANDLER_SLOTS; i++)
            h->slots[i] = NULL;
        h->random = 0x1234567 + core;
        h->progress = false;
        h->counts = (handler_counts){0};
        atomic_store_explicit(&h->mailbox, NULL, memory_order_relaxed);
    }
}

handler_counts handler_finish(void)
{
    handler_counts sum = {0};

    for (unsigned core = 0; core < handler_cores; core++) {
        handler_core *h = &handlers[core];
        letter *l = atomic_exchange_explicit(&h->mailbox, NULL, memory_order_acquire);
        if (l != NULL)
            read_letter(h, l);
        for (unsigned i = 0; i < HANDLER_SLOTS; i++) {
            if (h->slots[i] != NULL)
                read_letter(h, h->slots[i]);
            h->slots[i] = NULL;
        }
        sum.interrupts += h->counts.interrupts;
        sum.calls += h->counts.calls;
        sum.failures += h->counts.failures;
        sum.mismatches += h->counts.mismatches;
    }
    return sum;
}
