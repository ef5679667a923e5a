/* SPDX-License-Identifier: MIT */
#include "evolve.h"

enum {
    ENOUGH = 500,   /* requests before anything is said */
    HOT_PART = 100, /* a class with 1/100 of all requests gets its pages at once, */
    HOT_PATIENCE = 1,
    HOT_RESERVE = 3, /* while 1/10 of the heap is free */
    COLD_PART = 333, /* one with less than 1/333 */
    COLD_TIMES = 8,  /* waits 8 times longer, */
    COLD_MOST = 8    /* but no longer than 2^8 - 2 requests */
};

void evolve_start(hak_evolution *e)
{
    hak_port_zero(e, sizeof *e);
    for (unsigned i = 0; i < pools.class_count; i++) {
        evolve_look(e, i);
        e->seen[i].pooled = e->seen[i].waited = 0;
    }
}

/* A counter that starts again at each birth: at most `patience` are missed. */
static uint32_t since(uint32_t now, uint32_t last) { return now >= last ? now - last : now; }

void evolve_look(hak_evolution *e, unsigned index)
{
    hak_seen *seen = &e->seen[index];
    uint32_t pooled = 0, live = 0;
    hak_mask state;
    if (!run_lock(&state))
        return;
    uint32_t demand = pools.states[index].demand;
    uint32_t coreless = (uint32_t)pools.coreless_frees[index];
    run_unlock(state);
    for (unsigned core = 0; core < HAK_CORES; core++) {
        const hak_slot *slot = pool_slot(core, index);
        hak_word free = word_get(&slot->free), away = word_get(&slot->remote_frees);
        pooled += (uint32_t)word_get(&slot->mallocs);
        live +=
            (uint32_t)(word_get(&pools.taken[slot - pools.slots]) - hak_port_popcount(free) - away);
    }
    live -= coreless;
    seen->pooled += pooled - seen->last_pooled;
    seen->waited += since(demand, seen->last_demand);
    seen->last_pooled = pooled;
    seen->last_demand = demand;
    /* Other cores go on meanwhile: a sum that cannot be is none. */
    if (live > seen->peak_blocks && live < UINT32_MAX / 2)
        seen->peak_blocks = live;
    e->sum_pooled += seen->pooled;
    e->sum_waited += seen->waited;
}

void evolve_round(hak_evolution *e)
{
    e->pooled = e->sum_pooled;
    e->waited = e->sum_waited;
    e->sum_pooled = e->sum_waited = 0;
}

/* The n whose 2^n - 2 requests are not more than so many. */
static unsigned patience_code(uint32_t requests) { return top_bit(requests + 2); }

static unsigned cold_patience(uint32_t blocks)
{
    unsigned code = patience_code(classes_patience(blocks) * COLD_TIMES);
    return code < COLD_MOST ? code : COLD_MOST;
}

hak_policy_size evolve_size(const hak_evolution *e, unsigned index, hak_class_plan plan)
{
    const hak_seen *seen = &e->seen[index];
    uint64_t requests = (uint64_t)seen->pooled + seen->waited;
    uint64_t all = (uint64_t)e->pooled + e->waited;
    uint32_t stride = pools.classes[index].stride;
    hak_policy_size size = {0, 0, 0, 0};
    if (all < ENOUGH || requests == 0)
        return size;
    size.share = (uint8_t)(requests < all ? hak_port_divide_64(times(requests, 255), all) : 255);
    if (times(requests, HOT_PART) >= all) {
        size.patience = HOT_PATIENCE;
        size.reserve = HOT_RESERVE;
    } else if (times(requests, COLD_PART) < all) {
        size.patience = (uint8_t)cold_patience(classes_page_blocks(plan, stride, 0));
    }
    return size;
}

bool evolve_pages_fit(const hak_evolution *e, unsigned index, hak_class_plan plan, unsigned log2,
                      unsigned best)
{
    uint32_t stride = pools.classes[index].stride;
    unsigned blocks = classes_page_blocks(plan, stride, log2);
    return e->seen[index].peak_blocks >= blocks && blocks > classes_page_blocks(plan, stride, best);
}
