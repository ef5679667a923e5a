/* SPDX-License-Identifier: MIT */
#include "policies.h"
#include "kit.h"
#include "policy.h"

/* Not in every library. */
__attribute__((weak)) void hak_tick_each(size_t slow_calls);

static _Alignas(8) hak_policy table;
static bool learns;
static size_t each;

static void all_bands(hak_policy_band band)
{
    for (unsigned i = 0; i < POLICY_BANDS; i++)
        table.band[i] = band;
}

static void all_sizes(hak_policy_size size)
{
    for (unsigned i = 0; i < POLICY_SIZES; i++)
        table.size[i] = size;
}

static void depth0(uint64_t *seed)
{
    (void)seed;
    all_bands((hak_policy_band){0, 0, 0, 0});
}
static void flush(uint64_t *seed)
{
    (void)seed;
    all_bands((hak_policy_band){POLICY_DEPTH_MOST, 1, 1, 0});
}
static void pages(uint64_t *seed)
{
    (void)seed;
    all_sizes((hak_policy_size){1, POLICY_PAGE_LOG2_MOST, 1, 0});
}
static void cold(uint64_t *seed)
{
    (void)seed;
    all_sizes((hak_policy_size){POLICY_PATIENCE_MOST, 0, POLICY_PARTS + 1, 255});
}
static void own(uint64_t *seed)
{
    static const uint16_t sizes[POLICY_OWN] = {17, 19, 22, 41, 49, 100, 257, POLICY_OWN_MOST};
    (void)seed;
    for (unsigned i = 0; i < POLICY_OWN; i++)
        table.own[i] = sizes[i];
    all_sizes((hak_policy_size){1, 0, 1, 0});
}
static void end(uint64_t *seed)
{
    (void)seed;
    for (unsigned i = 0; i < sizeof table.long_lived; i++)
        table.long_lived[i] = 255;
}

static unsigned below(uint64_t *seed, unsigned most)
{
    return (unsigned)(kit_random(seed) >> 40) % most;
}

static void any(uint64_t *seed)
{
    unsigned last = POLICY_OWN_LEAST - 1;
    for (unsigned i = 0; i < POLICY_BANDS; i++)
        table.band[i] = (hak_policy_band){(uint8_t)below(seed, POLICY_DEPTH_MOST + 1),
                                          (uint8_t)below(seed, 3), (uint8_t)below(seed, 2), 0};
    for (unsigned i = 0; i < POLICY_SIZES; i++)
        table.size[i] = (hak_policy_size){(uint8_t)below(seed, POLICY_PATIENCE_MOST + 1),
                                          (uint8_t)below(seed, POLICY_PAGE_LOG2_MOST + 1),
                                          (uint8_t)below(seed, POLICY_PARTS + 2), 0};
    for (unsigned i = 0; i < POLICY_OWN; i++)
        table.own[i] = (uint16_t)(last += 1 + below(seed, 120));
    for (unsigned i = 0; i < sizeof table.long_lived; i++)
        table.long_lived[i] = (uint8_t)below(seed, 256);
}

static const struct named {
    const char *name;
    void (*fill)(uint64_t *seed);
} policies[] = {{"depth0", depth0}, {"flush", flush}, {"pages", pages}, {"cold", cold},
                {"own", own},       {"end", end},     {"random", any}};

static bool is_same(const char *a, const char *b)
{
    while (*a != 0 && *a == *b)
        a++, b++;
    return *a == *b;
}

bool policies_load(uint64_t seed)
{
    const char *name = kit_argument("policy");
    for (unsigned i = 0; name != NULL && i < sizeof policies / sizeof policies[0]; i++) {
        if (!is_same(name, policies[i].name))
            continue;
        table = policy_built_in;
        policies[i].fill(&seed);
        table.checksum = policy_sum(&table);
        return hak_policy_load(&table, sizeof table) == HAK_OK && policy_now == &table;
    }
    return name == NULL || is_same(name, "none");
}

bool policies_start(uint64_t seed)
{
    learns = kit_argument_number("learn", 0) != 0;
    each = (size_t)kit_argument_number("each", 0);
    if (each != 0 && hak_tick_each == NULL)
        return false;
    if (learns || each != 0)
        hak_learn(HAK_LEARN, (uint32_t)seed);
    if (each != 0)
        hak_tick_each(each);
    return true;
}

void policies_tick(uint64_t dice)
{
    if (learns && dice % 4 == 0)
        hak_tick();
}

bool policies_keep_nothing(void)
{
    bool nothing = policy_now == &table;
    for (unsigned i = 0; i < POLICY_BANDS; i++)
        nothing &= table.band[i].depth == 0;
    return nothing;
}

/* What was learned meanwhile is a sound table, and not the one that was loaded. */
bool policies_end(void)
{
    static _Alignas(8) hak_policy learned;
    if (!learns && each == 0)
        return true;
    return hak_learn_state() == HAK_LEARN && policy_now != &table &&
           hak_policy_export(&learned, sizeof learned, HAK_FROZEN) == sizeof learned &&
           policy_is_sound(&learned);
}
