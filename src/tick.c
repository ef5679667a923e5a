/* SPDX-License-Identifier: MIT */
/* hak_tick(), the life cycle LEARN, FROZEN, CANARY, and export. */
#include "learner.h"
#include "retention.h"
#include "sample.h"

enum {
    WINDOW = 2000,   /* small requests in a canary's window */
    MARGIN = 50,     /* it fits while not more than twice as many of 1000 requests as */
    MISFITS_MOST = 3 /* in training, and so many, found no page: 3 windows at most do not */
};

hak_learner learner;

/* In bytes: no memcpy is at hand. */
static void copy(hak_policy *to, const hak_policy *from)
{
    for (size_t i = 0; i < sizeof *to; i++)
        ((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
}

/* The learned policy holds from now on, whatever the loaded one says later. */
static void take_over(void)
{
    if (policy_now == &learner.learned)
        return;
    copy(&learner.learned, policy_now);
    policy_now = &learner.learned;
}

static void begin(hak_learning state, uint32_t seed)
{
    learner.started = true;
    learner.state = state;
    learner.random = seed;
    learner.step = learner.part = 0;
    learner.plan = classes_plan(run.first.limit - run.first.start, pool_class_bytes());
    evolve_start(&learner.evolution);
    for (unsigned i = 0; i < POLICY_BANDS; i++) {
        elo_start(&learner.elo[i]);
        learner.before[i] = retention_counts(i);
        learner.kept[i] = 0;
    }
    learner.window_pooled = learner.window_waited = learner.misfits = 0;
    if (state == HAK_LEARN)
        take_over();
}

static hak_learning loaded_state(void)
{
    return policy_now->state <= HAK_CANARY_RELEARN ? (hak_learning)policy_now->state : HAK_FROZEN;
}

/* One context at a time takes a step: who comes while another is at it, leaves it at
 * that. acquire and release: a step sees what the last one wrote. */
static bool enter(void) { return hak_port_exchange(&learner.busy, 1, memory_order_acquire) == 0; }

/* Whoever has entered does what hak_learn asked for. acquire: pairs with hak_learn */
static void obey(void)
{
    hak_word wanted = hak_port_exchange(&learner.wanted, 0, memory_order_acquire);
    if (wanted != 0)
        begin((hak_learning)(wanted - 1), (uint32_t)word_get(&learner.wanted_seed));
    if (!learner.started)
        begin(loaded_state(), 1);
}

static void leave(void) { atomic_store_explicit(&learner.busy, 0, memory_order_release); }

void hak_learn(hak_learning state, uint32_t seed)
{
    if (!run_is_started() || state > HAK_CANARY_RELEARN)
        return;
    word_set(&learner.wanted_seed, seed);
    atomic_store_explicit(&learner.wanted, (hak_word)state + 1, memory_order_release);
    if (!enter())
        return; /* the next step begins with it */
    obey();
    leave();
}

hak_learning hak_learn_state(void)
{
    hak_word wanted = word_get(&learner.wanted);
    if (wanted != 0)
        return (hak_learning)(wanted - 1);
    return learner.started ? learner.state : loaded_state();
}

/* What a class's pages are to do from now on. */
static void put_in_force(unsigned index)
{
    hak_class *c = &pools.classes[index];
    unsigned step = policy_step(c->stride >> GRANULE_SHIFT);
    if (step >= POLICY_SIZES)
        return;
    hak_mask state;
    if (!run_lock(&state))
        return;
    learner.learned.size[step] = learner.size;
    classes_apply(c);
    run_unlock(state);
}

/* One part of a class's step: a look at it; and while learning, what its pages are to
 * do, first but for their size, then by each power of two. true: that was the last. */
static bool step_class(unsigned index)
{
    enum { LOOK, SIZE, PAGES = SIZE, LAST = PAGES + POLICY_PAGE_LOG2_MOST };
    unsigned part = learner.part++;
    hak_policy_size *size = &learner.size;
    if (part == LOOK && learner.state != HAK_FROZEN)
        evolve_look(&learner.evolution, index);
    if (learner.state != HAK_LEARN)
        return true;
    if (part == SIZE)
        *size = evolve_size(&learner.evolution, index, learner.plan);
    else if (part > PAGES && size->patience == 1 &&
             evolve_pages_fit(&learner.evolution, index, learner.plan, part - PAGES,
                              size->page_log2))
        size->page_log2 = (uint8_t)(part - PAGES);
    if (part != LAST)
        return false;
    put_in_force(index);
    return true;
}

/* Is what the band keeps due to be merged? */
static bool flush_is_due(unsigned band, bool hit)
{
    hak_policy_band b = policy_band(band);
    uint8_t *kept = &learner.kept[band];
    *kept = hit && !b.eager ? 0 : (uint8_t)(*kept + (*kept < UINT8_MAX));
    if (b.keep == 0 || *kept < b.keep)
        return false;
    *kept = 0;
    return true;
}

/* The end of a band's epoch, all seats having been looked at. */
static void end_epoch(unsigned band)
{
    hak_epoch now = retention_counts(band), *before = &learner.before[band];
    hak_epoch epoch = {now.hits - before->hits, now.misses - before->misses,
                       now.evictions - before->evictions, retention_per_1024(learner.held_bytes)};
    before->hits = now.hits; /* one by one: for a struct GCC may call memcpy */
    before->misses = now.misses;
    before->evictions = now.evictions;
    learner.flush = flush_is_due(band, epoch.hits != 0);
    learner.played = learner.state == HAK_LEARN && elo_record(&learner.elo[band], epoch);
}

/* What holds from now on. false: nothing changes. */
static bool choose(unsigned band)
{
    hak_elo *elo = &learner.elo[band];
    if (learner.played)
        elo_next(elo, &learner.random);
    if (learner.state == HAK_LEARN)
        learner.learned.band[band] = elo_band(elo->playing);
    else if (!learner.flush)
        return false;
    retention_limit(band, learner.flush);
    return true;
}

/* What is given back now was not the new epoch's. */
static void begin_epoch(unsigned band)
{
    if (learner.flush)
        retention_limit(band, false);
    learner.before[band] = retention_counts(band);
}

/*
 * One part of a band's step: a look at each seat, the epoch's end, its matches, the
 * choice; and for each seat again, what the new epoch does not keep. true: that was
 * the last.
 */
static bool step_band(unsigned band)
{
    unsigned seats = retention_seats(), part = learner.part++, at = part - seats;
    if (part == 0)
        learner.held_bytes = 0;
    if (part < seats) {
        learner.held_bytes += retention_held(band, part);
    } else if (at == 0) {
        end_epoch(band);
        if (!learner.played)
            learner.part = seats + ELO_STRATEGIES + 1;
    } else if (at <= ELO_STRATEGIES) {
        elo_meet(&learner.elo[band], at - 1);
    } else if (at == ELO_STRATEGIES + 1) {
        return !choose(band);
    } else if (at <= ELO_STRATEGIES + 1 + seats) {
        retention_trim(band, ELO_STRATEGIES + 1 + seats - at);
    } else {
        begin_epoch(band);
        return true;
    }
    return false;
}

/* Of 1000 small requests, how many found no page? */
static uint32_t slow_permille(uint32_t pooled, uint32_t waited)
{
    uint64_t all = (uint64_t)pooled + waited;
    return all == 0 ? 0 : (uint32_t)hak_port_divide_64(times(waited, 1000), all);
}

static void watch(void)
{
    uint32_t pooled = learner.evolution.pooled - learner.window_pooled;
    uint32_t waited = learner.evolution.waited - learner.window_waited;
    if (pooled + waited < WINDOW)
        return;
    learner.window_pooled += pooled;
    learner.window_waited += waited;
    bool fits = slow_permille(pooled, waited) <= 2u * policy_now->slow_permille + MARGIN;
    learner.misfits = fits ? 0 : learner.misfits + 1;
    if (learner.misfits < MISFITS_MOST)
        return;
    if (learner.state == HAK_CANARY_RELEARN)
        begin(HAK_LEARN, learner.random);
    else
        learner.state = HAK_MISFIT;
}

/* The end of a round. */
static void end_round(void)
{
    evolve_round(&learner.evolution);
    learner.step = 0;
    if (learner.state == HAK_CANARY || learner.state == HAK_CANARY_RELEARN)
        watch();
}

/* The smallest step there is. true: a class, a band, or the round is done with. */
static bool small_step(void)
{
    unsigned classes = pools.class_count, step = learner.step;
    bool done = step < classes                  ? step_class(step)
                : step < classes + POLICY_BANDS ? step_band(step - classes)
                                                : true;
    if (!done)
        return false;
    learner.part = 0;
    if (step < classes + POLICY_BANDS)
        learner.step = step + 1;
    else
        end_round();
    return true;
}

void hak_tick(void)
{
    if (!run_is_started() || run_is_stopped() || !enter())
        return;
    obey();
    while (!small_step()) {
    }
    leave();
}

void learner_begin(void)
{
    if (!enter())
        return;
    obey();
    leave();
}

/* Frozen, it is a machine that does not change. */
void learner_step(void)
{
    hak_learning state = hak_learn_state();
    if (state == HAK_FROZEN || state == HAK_MISFIT || !enter())
        return;
    obey();
    small_step();
    leave();
}

/* What the ratings recommend, not what happens to play. */
static void settle(hak_policy *table)
{
    const hak_evolution *e = &learner.evolution;
    for (unsigned i = 0; i < POLICY_BANDS; i++)
        table->band[i] = elo_band(elo_best(&learner.elo[i]));
    table->slow_permille = (uint16_t)slow_permille(e->pooled, e->waited);
    sample_export(table, e->pooled + e->waited);
}

size_t hak_policy_export(void *buffer, size_t size, hak_learning state)
{
    hak_policy table;
    if (buffer == NULL || size < sizeof table || state > HAK_CANARY_RELEARN)
        return 0;
    copy(&table, policy_now);
    if (learner.started && learner.state == HAK_LEARN)
        settle(&table);
    table.state = (uint8_t)state;
    table.checksum = policy_sum(&table);
    for (size_t i = 0; i < sizeof table; i++)
        ((uint8_t *)buffer)[i] = ((const uint8_t *)&table)[i];
    return sizeof table;
}
