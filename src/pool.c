/* SPDX-License-Identifier: MIT */
/* The slots of the cores: refill, idle, recall. */
#include "pool.h"

hak_pools pools;

enum { CACHE_LINE = 64 };

size_t pool_class_bytes(void)
{
    return HAK_CORES * (sizeof(hak_slot) + sizeof(hak_atomic)) + sizeof(size_t) +
           sizeof(hak_class_state) + sizeof(hak_class);
}

static void make_slot(hak_slot *slot, const hak_class *c)
{
    word_set(&slot->free, 0);
    word_set(&slot->mallocs, 0);
    word_set(&slot->remote_frees, 0);
    slot->base = 0;
    slot->used_bytes = 0;
    slot->stride = (uint16_t)c->stride;
    slot->reciprocal = c->reciprocal;
    slot->page_mask = (uint16_t)((c->units << UNIT_SHIFT) - 1);
}

void pool_carve(hak_class_plan plan, hak_carving *range)
{
    unsigned count = plan.count;
    if (count == 0)
        return;
    size_t slots = (size_t)count * HAK_CORES;
    hak_slot *slot = region_carve(range, slots * sizeof *slot, CACHE_LINE);
    hak_class_state *states = region_carve(range, count * sizeof *states, sizeof(uint64_t));
    hak_atomic *taken = region_carve(range, slots * sizeof *taken, sizeof(hak_word));
    size_t *coreless = region_carve(range, count * sizeof *coreless, sizeof(size_t));
    hak_class *classes = region_carve(range, count * sizeof *classes, sizeof(hak_word));
    uint8_t *kind_of = region_carve(range, plan.limit_bytes >> GRANULE_SHIFT, 1);

    classes_make(plan, classes, kind_of);
    for (size_t i = 0; i < slots; i++) {
        make_slot(&slot[i], &classes[i % count]);
        word_set(&taken[i], 0);
    }
    for (unsigned i = 0; i < count; i++) {
        states[i] = (hak_class_state){{{0}}, 0, 0};
        coreless[i] = 0;
    }
    pools.slots = slot;
    pools.slot_count = slots;
    pools.states = states;
    pools.taken = taken;
    pools.coreless_frees = coreless;
    pools.classes = classes;
    pools.kind_of = kind_of;
    pools.class_count = count;
    pools.limit_bytes = plan.limit_bytes;
}

void pool_start(const hak_region *first)
{
    pools.maps = first->maps;
    for (unsigned core = 0; core < HAK_CORES && pools.class_count != 0; core++)
        pool_wake(core);
}

static inline void count_taken(const hak_slot *slot, hak_word blocks)
{
    hak_atomic *taken = &pools.taken[slot - pools.slots];
    word_set(taken, word_get(taken) + blocks);
}

/* Move blocks from the page's `freed` to the slot's `free`: first set, then
 * clear, so that whoever sees a bit cleared (acquire) sees it set (release). */
static void take_in(hak_slot *slot, hak_word blocks)
{
    atomic_store_explicit(&slot->free, word_get(&slot->free) | blocks, memory_order_release);
    atomic_fetch_and_explicit(slot->freed, ~blocks, memory_order_acq_rel);
    count_taken(slot, hak_port_popcount(blocks));
}

bool pool_drain(hak_slot *slot)
{
    if (slot->used_bytes == 0 || word_get(slot->freed) == 0)
        return false;
    /* acquire: what the block's last holder wrote came before */
    hak_word blocks = atomic_load_explicit(slot->freed, memory_order_acquire);
    take_in(slot, blocks);
    return true;
}

/* Make a page the slot's current one. Its `free` is 0 here; it must be true of
 * this page before the state says that the page is the slot's. */
static inline void adopt(hak_slot *slot, unsigned core, unsigned index, hak_page page, hak_word free)
{
    const hak_class *c = &pools.classes[index];
    slot->base = page_address(page);
    slot->used_bytes = c->used_bytes;
    slot->page = page;
    slot->freed = page_freed(page);
    slot->trigger = c->full;
    pools.states[index].owners |= (uint64_t)1 << core;
    atomic_store_explicit(&slot->free, free, memory_order_release);
    page_set_state(page, page_owned_by((size_t)(slot - pools.slots)));
}

static inline void forget_retained(unsigned core, unsigned index)
{
    uint64_t bit = (uint64_t)1 << index;
    if ((pools.retained[core] & bit) != 0) {
        pools.retained[core] &= ~bit;
        pools.retained_count--;
    }
}

static inline void vacate(unsigned core, unsigned index)
{
    hak_slot *slot = pool_slot(core, index);
    slot->used_bytes = 0;
    slot->base = 0;
    slot->page = PAGE_NONE;
    pools.states[index].owners &= ~((uint64_t)1 << core);
    forget_retained(core, index);
}

/* An empty page goes back to the run layer. */
static void retire(unsigned index, hak_page page)
{
    pools.page_granules -= pools.classes[index].units << UNIT_GRANULES_SHIFT;
    pools.deaths++;
    page_death(&pools.classes[index], page);
}

/* The page belongs to nobody from now on: list it, or, if it is empty, retire
 * it. `core` is the caller, or idle: nothing touches its slot meanwhile. */
static void disown(unsigned core, unsigned index)
{
    hak_slot *slot = pool_slot(core, index);
    hak_page page = slot->page;
    hak_word unused = word_get(&slot->free);
    page_set_state(page, PAGE_FULL);
    /* A free that comes after this sees FULL, and waits for the lock to list
     * the page; one that came before is in `blocks`. */
    hak_word blocks = unused | atomic_fetch_or_explicit(slot->freed, unused, memory_order_acq_rel);
    word_set(&slot->free, 0);
    count_taken(slot, -(hak_word)hak_port_popcount(unused));
    vacate(core, index);
    if (blocks == pools.classes[index].full)
        retire(index, page);
    else if (blocks != 0)
        page_list_add(&pools.states[index].listed, page);
}

/* The slot's page has no free block. true: some came in at the last moment. */
static inline bool leave_exhausted(hak_slot *slot, unsigned core, unsigned index)
{
    page_set_state(slot->page, PAGE_FULL);
    /* A read-modify-write, so that a free either is seen here or sees FULL. */
    if (atomic_fetch_or_explicit(slot->freed, 0, memory_order_acq_rel) != 0) {
        page_set_state(slot->page, page_owned_by((size_t)(slot - pools.slots)));
        return pool_drain(slot);
    }
    vacate(core, index);
    return false;
}

/* A page that is there: one that was listed, or else an idle core's. */
static inline bool adopt_listed(hak_slot *slot, unsigned core, unsigned index)
{
    hak_class_state *state = &pools.states[index];
    if (state->listed.first.id == 0) {
        uint64_t idle_owners = state->owners & pools.idle;
        if (idle_owners == 0)
            return false;
        disown(hak_port_ctz(idle_owners), index);
        if (state->listed.first.id == 0)
            return false;
    }
    hak_page page = state->listed.first;
    page_list_remove(&state->listed, page);
    /* acquire: what the blocks' last holders wrote came before */
    hak_word blocks = atomic_load_explicit(page_freed(page), memory_order_acquire);
    adopt(slot, core, index, page, blocks);
    atomic_fetch_and_explicit(slot->freed, ~blocks, memory_order_acq_rel);
    count_taken(slot, hak_port_popcount(blocks));
    pools.counts[core].adoptions++;
    return true;
}

/* Does the class deserve a new page? */
static inline bool wants_page(unsigned index)
{
    if (++pools.states[index].demand < pools.classes[index].blocks)
        return false;
    return run.usable_granules - run.taken_granules > run.usable_granules / 8;
}

static inline bool adopt_new(hak_slot *slot, unsigned core, unsigned index)
{
    if (!wants_page(index))
        return false;
    hak_page page = page_birth(&pools.classes[index], index);
    if (page.id == 0)
        return false;
    pools.states[index].demand = 0;
    pools.page_granules += pools.classes[index].units << UNIT_GRANULES_SHIFT;
    pools.counts[core].births++;
    adopt(slot, core, index, page, pools.classes[index].full);
    count_taken(slot, pools.classes[index].blocks);
    return true;
}

bool pool_refill(hak_slot *slot, unsigned core, unsigned index)
{
    if (slot->used_bytes != 0 && leave_exhausted(slot, core, index))
        return true;
    return adopt_listed(slot, core, index) || adopt_new(slot, core, index);
}

void pool_idle(unsigned core)
{
    pools.active[core] = 0;
    pools.idle |= (uint64_t)1 << core;
}

void pool_wake(unsigned core)
{
    pools.active[core] = (uintptr_t)pool_slot(core, 0) - sizeof(hak_slot);
    pools.idle &= ~((uint64_t)1 << core);
}

void pool_settle(hak_page page, unsigned index)
{
    hak_word state = page_state(page);
    hak_word blocks = atomic_load_explicit(page_freed(page), memory_order_acquire);
    bool empty = blocks == pools.classes[index].full;
    if (state == PAGE_LISTED && empty)
        page_list_remove(&pools.states[index].listed, page);
    else if (state != PAGE_FULL || blocks == 0)
        return;
    if (empty)
        retire(index, page);
    else
        page_list_add(&pools.states[index].listed, page);
}

/* At most HAK_RETAIN such pages are kept; the next one goes back at once. */
void pool_emptied(hak_slot *slot, hak_mask state)
{
    unsigned number = (unsigned)(slot - pools.slots);
    unsigned core = number / pools.class_count, index = number % pools.class_count;
    hak_lock_take(&run.lock);
    if (pools.retained_count >= HAK_RETAIN) {
        disown(core, index);
    } else {
        pools.retained[core] |= (uint64_t)1 << index;
        pools.retained_count++;
        slot->trigger = 0;
    }
    run_unlock(state);
}

/* One step of a recall: the page goes back if it is empty; an idle core's page
 * is made available in any case. */
static void recall_slot(unsigned core, unsigned index, bool idle)
{
    hak_mask state = run_lock();
    hak_slot *slot = pool_slot(core, index);
    bool still_idle = ((pools.idle >> core) & 1) != 0;
    if (slot->used_bytes != 0 && still_idle == idle) {
        hak_word blocks = word_get(&slot->free) | atomic_load_explicit(slot->freed, memory_order_acquire);
        if (idle || blocks == pools.classes[index].full)
            disown(core, index);
    }
    run_unlock(state);
}

void pool_recall(void)
{
    unsigned core = hak_port_core();
    for (unsigned index = 0; index < pools.class_count; index++) {
        hak_mask state = run_lock();
        uint64_t idle = pools.states[index].owners & pools.idle;
        bool mine = core < HAK_CORES && ((pools.states[index].owners >> core) & 1);
        run_unlock(state);
        if (mine)
            recall_slot(core, index, false);
        for (; idle != 0; idle &= idle - 1)
            recall_slot(hak_port_ctz(idle), index, true);
    }
}
