/* SPDX-License-Identifier: MIT */
#include "sample.h"
#include "run.h"

enum {
    BIRTHS = 64,    /* blocks watched at a time */
    WATCH_EACH = 4, /* one request of so many is watched */
    COUNTER_MOST = 15,
    COUNTER_START = 7,
    LONG_FROM = 11, /* a counter from which a site's blocks count as long-lived */
    SIZES = 32,     /* cells of the sketch of sizes */
    OWN_PART = 100  /* a size with so large a part of the requests gets a class */
};

/* A block that is watched. Long-lived: more was asked for since than half the heap. */
typedef struct hak_birth {
    uintptr_t block; /* 0: none */
    uint32_t clock;
    uint8_t site;
} hak_birth;

/* One cell of the sketch: the size that most requests of the cell had, if one had
 * more than half.  [Boyer and Moore: majority vote, 1981] */
typedef struct hak_vote {
    uint16_t granules;
    uint32_t count;
} hak_vote;

static struct {
    uint32_t clock; /* granules asked for */
    uint32_t asked;
    uint8_t site; /* of the last request */
    bool from_end;
    uint8_t lives[POLICY_SITES]; /* saturating, + COUNTER_START: up is long */
    hak_birth birth[BIRTHS];
    hak_vote vote[SIZES];
} sample;

static uint8_t site_hash(const void *call_site)
{
    return (uint8_t)((uint32_t)((uintptr_t)call_site >> 2) * 2654435769u >> 24);
}
static bool lives_long(const hak_policy *table, unsigned site)
{
    return (table->long_lived[site / 8] >> site % 8 & 1) != 0;
}

static void count_life(const hak_birth *b)
{
    uint8_t *counter = &sample.lives[b->site];
    unsigned value = *counter ^ COUNTER_START; /* so that 0 is the start */
    if (sample.clock - b->clock > run.usable_granules / 2)
        value += value < COUNTER_MOST;
    else
        value -= value > 0;
    *counter = (uint8_t)(value ^ COUNTER_START);
}

/* By the place in the heap, not the address: the same wherever the heap lies. */
static hak_birth *birth_of(uintptr_t block)
{
    uint32_t place = (uint32_t)((block - run.first.start) >> GRANULE_SHIFT);
    return &sample.birth[place * 2654435769u >> 26];
}
_Static_assert(BIRTHS == 1 << (32 - 26), "birth_of takes the top bits of 32");

static void vote(uint32_t granules)
{
    hak_vote *v = &sample.vote[granules * 2654435769u >> 27];
    if (v->count == 0)
        v->granules = (uint16_t)granules;
    if (v->granules == granules)
        v->count++;
    else
        v->count--;
}
_Static_assert(SIZES == 1 << (32 - 27), "vote takes the top bits of 32");

bool sample_from_end(void) { return sample.from_end; }

void sample_ask(size_t granules, const void *call_site)
{
    sample.site = site_hash(call_site);
    sample.from_end = lives_long(policy_now, sample.site);
    sample.clock += (uint32_t)granules;
    sample.asked++;
    if (granules >= POLICY_OWN_LEAST && granules <= POLICY_OWN_MOST)
        vote((uint32_t)granules);
}

/* A cell is taken over when its block has lived long enough to know. */
void sample_given(const void *block)
{
    hak_birth *b = birth_of((uintptr_t)block);
    if (block == NULL || sample.asked % WATCH_EACH != 0)
        return;
    if (region_kind_at(&run_region_of(block)->maps, block) != 0)
        return; /* in a page: where it lies is settled */
    if (b->block != 0) {
        if (sample.clock - b->clock <= run.usable_granules / 2)
            return;
        count_life(b);
    }
    *b = (hak_birth){(uintptr_t)block, sample.clock, sample.site};
}

void sample_freed(const void *block)
{
    hak_birth *b = birth_of((uintptr_t)block);
    if (b->block != (uintptr_t)block || block == NULL)
        return;
    count_life(b);
    b->block = 0;
}

/* The most frequent size above `least` granules and not on a step; 0: none. */
static uint16_t next_own(uint32_t least, uint32_t requests)
{
    uint16_t next = 0;
    for (unsigned i = 0; i < SIZES; i++) {
        hak_vote v = sample.vote[i];
        if (v.granules > least && v.count >= hak_port_divide(requests, OWN_PART) + 1 &&
            (next == 0 || v.granules < next) &&
            policy_step(v.granules) == policy_step(v.granules + 1u))
            next = v.granules;
    }
    return next;
}

/* Each byte of the map its own critical section. */
static void export_lives(uint8_t *map, unsigned byte)
{
    hak_mask state;
    if (!run_lock(&state))
        return;
    map[byte] = 0;
    for (unsigned i = 0; i < 8; i++)
        if ((sample.lives[byte * 8 + i] ^ COUNTER_START) >= LONG_FROM)
            map[byte] |= (uint8_t)(1u << i);
    run_unlock(state);
}

void sample_export(hak_policy *table, uint32_t requests)
{
    for (unsigned byte = 0; byte < POLICY_SITES / 8; byte++)
        export_lives(table->long_lived, byte);
    uint32_t last = POLICY_OWN_LEAST - 1;
    for (unsigned i = 0; i < POLICY_OWN; i++) {
        hak_mask state;
        if (!run_lock(&state)) {
            table->own[i] = 0;
            last = 0;
            continue;
        }
        table->own[i] = last == 0 ? 0 : next_own(last, requests);
        last = table->own[i];
        run_unlock(state);
    }
}
