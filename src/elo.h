/* SPDX-License-Identifier: MIT */
/*
 * A dozen retention strategies for one band of the reuse cache, rated by what
 * they cost. One strategy plays per epoch. Its cost is held against what each
 * other's last epoch cost, which is a match: the cheaper one wins, and both
 * ratings move [Elo 1978]. The next to play is the best rated or, once in
 * ELO_EXPLORE, any. Integers only; the same seed and costs give the same choices.
 *
 * Sum of ratings = ELO_STRATEGIES x ELO_START, but for those cut off at a limit.
 */
#ifndef HAK_ELO_H
#define HAK_ELO_H

#include "policy.h"

enum {
    ELO_STRATEGIES = 12,
    ELO_START = 1500,
    ELO_LEAST = 500,
    ELO_MOST = 2500,
    ELO_EXPLORE = 8,
    ELO_STEP = 32 /* points that a match can move */
};

/* What an epoch was, in counts, and at its end the bytes held in 1/1024 of the heap. */
typedef struct hak_epoch {
    uint32_t hits, misses, evictions, held_per_1024;
} hak_epoch;

typedef struct hak_elo {
    int16_t rating[ELO_STRATEGIES];
    uint16_t cost[ELO_STRATEGIES]; /* per request, when it last played; 0: never */
    uint8_t playing;
} hak_elo;

void elo_start(hak_elo *elo);

/* A strategy, and the one that the ratings recommend. */
hak_policy_band elo_band(unsigned strategy);
unsigned elo_best(const hak_elo *elo);

/* What an epoch cost, in instructions for each request; 0: nobody asked. */
uint16_t elo_cost(hak_epoch epoch);

/* The strategy that plays had this epoch; choose the next. Bounded by the number
 * of strategies. */
void elo_play(hak_elo *elo, hak_epoch epoch, uint32_t *random);
/* The same by parts: what it cost (false: nobody asked, and that is all), its match
 * with each strategy, the next to play. */
bool elo_record(hak_elo *elo, hak_epoch epoch);
void elo_meet(hak_elo *elo, unsigned other);
void elo_next(hak_elo *elo, uint32_t *random);

/* A generator of numbers below 2^32; the state is never 0. [Marsaglia 2003] */
static inline uint32_t elo_random(uint32_t *state)
{
    uint32_t x = *state != 0 ? *state : 1;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *state = x;
}

#endif
