/* SPDX-License-Identifier: MIT */
#include "elo.h"

/* What things cost, in instructions, as measured on A64. A block held costs nothing
 * by itself; but memory that is held is memory that others have not. */
enum {
    COST_HIT = 90,   /* malloc and free by the cache */
    COST_MISS = 360, /* both by the run layer */
    COST_EVICTION = 400,
    COST_HELD = 1, /* for each 1/1024 of the heap, per request */
    CLOSE = 32     /* costs that differ by less than 1/32 are a draw */
};

/* depth, keep, eager. Number 0 is what the built-in policy does. */
enum { ALL = POLICY_DEPTH_MOST };
static const hak_policy_band strategies[ELO_STRATEGIES] = {
    {ALL, 0, 0, 0}, {0, 0, 0, 0}, {1, 0, 0, 0}, {1, 4, 0, 0}, {1, 1, 1, 0},   {2, 0, 0, 0},
    {2, 4, 0, 0},   {2, 1, 1, 0}, {3, 0, 0, 0}, {3, 4, 0, 0}, {ALL, 4, 0, 0}, {ALL, 1, 1, 0},
};

/* 1024 times the expected score of one who is 0, 50, 100 ... points behind. */
static const uint16_t expected_behind[] = {512, 439, 369, 304, 246, 196, 155, 121, 93, 71, 55,
                                           42,  32,  24,  18,  14,  10,  8,   6,   5,  4};
enum { EXPECTED = sizeof expected_behind / sizeof expected_behind[0], EXPECTED_STEP = 50 };

void elo_start(hak_elo *elo)
{
    for (unsigned i = 0; i < ELO_STRATEGIES; i++) {
        elo->rating[i] = ELO_START;
        elo->cost[i] = 0;
    }
    elo->playing = 0;
}

hak_policy_band elo_band(unsigned strategy)
{
    return strategies[strategy < ELO_STRATEGIES ? strategy : 0];
}

unsigned elo_best(const hak_elo *elo)
{
    unsigned best = 0;
    for (unsigned i = 1; i < ELO_STRATEGIES; i++)
        if (elo->rating[i] > elo->rating[best])
            best = i;
    return best;
}

uint16_t elo_cost(hak_epoch e)
{
    uint64_t calls = (uint64_t)e.hits + e.misses;
    if (calls == 0)
        return 0;
    uint64_t sum =
        times(e.hits, COST_HIT) + times(e.misses, COST_MISS) + times(e.evictions, COST_EVICTION);
    uint64_t each = hak_port_divide_64(sum, calls) + times(e.held_per_1024, COST_HELD) + 1;
    return each < UINT16_MAX ? (uint16_t)each : UINT16_MAX;
}

/* 1024 times the score that a player expects who is so many points ahead. */
static int expected(int ahead)
{
    unsigned gap = hak_port_divide((unsigned)(ahead < 0 ? -ahead : ahead), EXPECTED_STEP);
    int behind = expected_behind[gap < EXPECTED ? gap : EXPECTED - 1];
    return ahead < 0 ? behind : 1024 - behind;
}

static int score(uint16_t own, uint16_t other)
{
    if (own + own / CLOSE < other)
        return 1024;
    return other + other / CLOSE < own ? 0 : 512;
}

static int16_t limited(int rating)
{
    return (int16_t)(rating < ELO_LEAST ? ELO_LEAST : rating > ELO_MOST ? ELO_MOST : rating);
}

/* One match. */
static void match(hak_elo *elo, unsigned a, unsigned b)
{
    int points = (score(elo->cost[a], elo->cost[b]) - expected(elo->rating[a] - elo->rating[b])) *
                 ELO_STEP / 1024;
    elo->rating[a] = limited(elo->rating[a] + points);
    elo->rating[b] = limited(elo->rating[b] - points);
}

/* One that never played comes first: until then nothing is known of it. */
static unsigned next_to_play(const hak_elo *elo, uint32_t *random)
{
    for (unsigned i = 0; i < ELO_STRATEGIES; i++)
        if (elo->cost[i] == 0)
            return i;
    uint32_t dice = elo_random(random);
    return dice % ELO_EXPLORE == 0 ? (uint32_t)remainder_of(dice >> 8, ELO_STRATEGIES)
                                   : elo_best(elo);
}

bool elo_record(hak_elo *elo, hak_epoch epoch)
{
    uint16_t cost = elo_cost(epoch);
    if (cost == 0)
        return false;
    if (elo->playing >= ELO_STRATEGIES)
        elo->playing = 0;
    /* Half of what it was before: an epoch is a sample. */
    uint16_t *mine = &elo->cost[elo->playing];
    uint32_t last = *mine != 0 ? *mine : cost;
    *mine = (uint16_t)((last + cost + 1) / 2);
    return true;
}

void elo_meet(hak_elo *elo, unsigned other)
{
    if (other != elo->playing && elo->cost[other] != 0)
        match(elo, elo->playing, other);
}

void elo_next(hak_elo *elo, uint32_t *random) { elo->playing = (uint8_t)next_to_play(elo, random); }

void elo_play(hak_elo *elo, hak_epoch epoch, uint32_t *random)
{
    if (!elo_record(elo, epoch))
        return;
    for (unsigned other = 0; other < ELO_STRATEGIES; other++)
        elo_meet(elo, other);
    elo_next(elo, random);
}
