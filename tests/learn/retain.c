/* SPDX-License-Identifier: MIT */
/*
 * Retention strategies on a model of the reuse cache: which blocks of a trace
 * would be hits, misses, evictions, and how much is held. Arguments:
 *     trace=FILE heap=N   bands begin at heap / 256 and double
 *     mode=elo            learn; prints each band's rating and choice
 *     mode=random         as elo, but the next strategy is drawn, not rated (control)
 *     mode=fixed s0= s1= s2= s3=   one strategy for each band
 *     seed=N
 * Prints for each band: = band I requests cost, the cost as elo_cost() has it, as
 * sums over epochs; and the best strategy. The learner is the library's (elo.c).
 */
#include "elo.h"
#include "kit.h"
#include "../replay/trace.h"

enum { SITES = 64, WAYS = 4, SEATS = 16, EPOCH = 128, BASE_PART = 256 };

typedef struct kept {
    uint32_t granules; /* 0: none */
    uint32_t order;
} kept;

static kept cache[SITES][POLICY_BANDS][WAYS];
static hak_elo elo[POLICY_BANDS];
static hak_epoch now[POLICY_BANDS];
static uint32_t since_flush[POLICY_BANDS], order, seats;
static uint64_t held_granules[POLICY_BANDS], requests[POLICY_BANDS], cost_sum[POLICY_BANDS];
static uint32_t heap_granules, base_granules, seed;
static unsigned chosen[POLICY_BANDS];
static char mode;

static unsigned band_of(uint32_t granules)
{
    if (granules <= base_granules / 2)
        return POLICY_BANDS;
    unsigned band = 0;
    while (band < POLICY_BANDS && granules > base_granules << band)
        band++;
    return band;
}

static void drop(kept *k, unsigned band)
{
    held_granules[band] -= k->granules;
    k->granules = 0;
    seats--;
}

/* As flush_is_due() in tick.c has it. */
static void flush_if_due(unsigned band, bool hit)
{
    hak_policy_band b = elo_band(chosen[band]);
    since_flush[band] = hit && !b.eager ? 0 : since_flush[band] + 1;
    if (b.keep == 0 || since_flush[band] < b.keep)
        return;
    since_flush[band] = 0;
    for (unsigned s = 0; s < SITES; s++)
        for (unsigned w = 0; w < WAYS; w++)
            if (cache[s][band][w].granules != 0)
                drop(&cache[s][band][w], band);
}

static void end_epoch(unsigned band)
{
    hak_epoch *e = &now[band];
    uint32_t calls = e->hits + e->misses;
    e->held_per_1024 = (uint32_t)(held_granules[band] * 1024 / heap_granules);
    cost_sum[band] += (uint64_t)elo_cost(*e) * calls;
    requests[band] += calls;
    flush_if_due(band, e->hits != 0);
    if (mode != 'f')
        elo_play(&elo[band], *e, &seed);
    if (mode == 'r')
        elo[band].playing = (uint8_t)(elo_random(&seed) % ELO_STRATEGIES);
    if (mode != 'f')
        chosen[band] = elo[band].playing;
    *e = (hak_epoch){0, 0, 0, 0};
}

static void ask(unsigned site, uint32_t granules)
{
    unsigned band = band_of(granules);
    if (band >= POLICY_BANDS)
        return;
    for (unsigned w = 0; w < WAYS; w++) {
        kept *k = &cache[site][band][w];
        if (k->granules == granules) {
            drop(k, band);
            now[band].hits++;
            goto counted;
        }
    }
    now[band].misses++;
counted:
    if (now[band].hits + now[band].misses == EPOCH)
        end_epoch(band);
}

/* The block goes into a free way, or in place of the oldest. */
static void give(unsigned site, uint32_t granules)
{
    unsigned band = band_of(granules);
    if (band >= POLICY_BANDS)
        return;
    hak_policy_band b = elo_band(chosen[band]);
    kept *oldest = NULL;
    for (unsigned w = 0; w < b.depth && w < WAYS; w++) {
        kept *k = &cache[site][band][w];
        if (oldest == NULL || k->granules == 0 ||
            (oldest->granules != 0 && k->order < oldest->order))
            oldest = k;
    }
    if (oldest == NULL || (oldest->granules == 0 && seats == SEATS))
        return;
    if (oldest->granules != 0) {
        drop(oldest, band);
        now[band].evictions++;
    }
    *oldest = (kept){granules, order++};
    held_granules[band] += granules;
    seats++;
}

typedef struct object {
    uint32_t granules;
    uint8_t site;
} object;

static void replay(const trace *t, object *objects)
{
    for (uint32_t i = 0; i < t->record_count; i++) {
        const trace_record *r = &t->records[i];
        object *o = &objects[r->id];
        if (o->granules != 0)
            give(o->site, o->granules);
        o->granules = 0;
        if (r->op == TRACE_FREE)
            continue;
        *o = (object){(uint32_t)granules_for(r->size_bytes), (uint8_t)(r->site % SITES)};
        ask(o->site, o->granules);
    }
}

static void report(void)
{
    for (unsigned i = 0; i < POLICY_BANDS; i++) {
        if (now[i].hits + now[i].misses != 0)
            end_epoch(i);
        kit_print("= band%u %llu %llu %u\n", i, (unsigned long long)requests[i],
                  (unsigned long long)cost_sum[i], elo_best(&elo[i]));
    }
}

int kit_main(void)
{
    static const char *const names[POLICY_BANDS] = {"s0", "s1", "s2", "s3"};
    trace_error error;
    trace t;
    size_t bytes;
    unsigned char *ram = kit_ram(128 << 20, &bytes);
    long length = ram != NULL ? kit_read_file(kit_argument("trace"), ram, bytes) : -1;
    size_t used = length > 0 ? align_up((size_t)length, 64) : 0;
    if (length <= 0 || trace_open(&t, ram, (size_t)length, &error) != TRACE_FINE ||
        trace_validate(&t, (trace_object *)(void *)(ram + used), &error) != TRACE_FINE)
        return 2;
    object *objects = (object *)(void *)(ram + used);
    for (uint32_t i = 0; i < t.object_count; i++)
        objects[i] = (object){0, 0};
    mode = kit_argument("mode") != NULL ? kit_argument("mode")[0] : 'e';
    seed = (uint32_t)kit_argument_number("seed", 1);
    heap_granules = (uint32_t)(kit_argument_number("heap", 1 << 20) >> GRANULE_SHIFT);
    base_granules = heap_granules / BASE_PART > 2 ? heap_granules / BASE_PART : 2;
    for (unsigned i = 0; i < POLICY_BANDS; i++) {
        elo_start(&elo[i]);
        chosen[i] = (unsigned)kit_argument_number(names[i], 0);
    }
    replay(&t, objects);
    report();
    return 0;
}
