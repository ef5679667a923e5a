/* SPDX-License-Identifier: MIT */
/* The slots of the cores: set-up, drain, idle, recall. */
#include "pool.h"

hak_pools pools MARKS_POOLS_START;

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
    MARKS_START(slot, c);
}

void pool_carve(hak_class_plan plan, hak_carving *range)
{
    unsigned count = plan.count;
    if (count == 0)
        return;
    size_t slots = (size_t)count * HAK_CORES;
    hak_slot *slot = region_carve(range, slots * sizeof *slot, CACHE_LINE);
    hak_class_state *states = region_carve(range, count * sizeof *states, sizeof(hak_word));
    hak_atomic *taken = region_carve(range, slots * sizeof *taken, sizeof(hak_word));
    size_t *coreless = region_carve(range, count * sizeof *coreless, sizeof(size_t));
    hak_class *classes = region_carve(range, count * sizeof *classes, sizeof(hak_word));
    uint8_t *kind_of = region_carve(range, plan.limit_bytes >> GRANULE_SHIFT, 1);

    classes_make(plan, classes, kind_of);
    for (size_t i = 0; i < slots; i++) {
        make_slot(&slot[i], &classes[remainder_of(i, count)]);
        word_set(&taken[i], 0);
    }
    for (unsigned i = 0; i < count; i++) {
        states[i].list = NULL;
        states[i].owners = states[i].demand = 0;
        states[i].origin = PAGE_NOT_YET;
        coreless[i] = 0;
    }
    pools.slots = slot;
    pools.slot_words = slots * sizeof(hak_slot) / sizeof(hak_word);
    pools.states = states;
    pools.taken = taken;
    pools.coreless_frees = coreless;
    pools.classes = classes;
    pools.kind_of = kind_of;
    pools.class_count = count;
}

void pool_start(const hak_region *first)
{
    for (unsigned kind = 1; kind <= pools.class_count; kind++)
        pools.states[kind - 1].list =
            page_record(first->maps.units, (int32_t)page_head(&first->maps, kind));
    for (unsigned core = 0; core < HAK_CORES && pools.class_count != 0; core++)
        pool_wake(core);
}

/* The blocks move from the page's `freed` to the slot's `free`: first set, then
 * clear, so that whoever sees a bit cleared (acquire) sees it set (release). */
bool pool_drain(hak_slot *slot, unsigned index)
{
    hak_word full = pools.classes[index].full;
    if (slot->used_bytes == 0 || (word_get(slot->freed) & full) == 0)
        return false;
    /* acquire: what the block's last holder wrote came before */
    hak_word blocks = atomic_load_explicit(slot->freed, memory_order_acquire) & full;
    atomic_store_explicit(&slot->free, word_get(&slot->free) | blocks, memory_order_release);
    hak_port_fetch_and(slot->freed, ~blocks, memory_order_acq_rel);
    pool_count_taken(slot, hak_port_popcount(blocks));
    return true;
}

/* A page without a live block, which is in no list and in no slot, goes back. */
static void retire(const hak_maps *maps, uint32_t unit, unsigned index)
{
    const hak_class *c = &pools.classes[index];
    pools.page_granules -= (size_t)c->units << UNIT_GRANULES_SHIFT;
    pools.deaths++;
    page_death(c, run.arrived[maps->index], unit);
}

void pool_list(const hak_maps *maps, uint32_t unit)
{
    if (!page_list_add(maps->units, page_record(maps->units, (int32_t)unit), unit))
        retire(maps, unit, maps->kinds[unit] - 1u);
}

/* The page, none of whose blocks was free a moment ago, is not known any more: its
 * first free will list it. false: some came in, and it stays as it is. */
/* The page belongs to nobody from now on: list it, or, if it is empty, retire
 * it. `core` is the caller, or idle: nothing touches its slot meanwhile. */
void pool_disown(unsigned core, unsigned index)
{
    hak_slot *slot = pool_slot(core, index);
    hak_page page = slot->page;
    hak_maps *maps = page_maps(page);
    uint32_t unit = page_unit(page);
    hak_word full = pools.classes[index].full, unused = word_get(&slot->free);
    /* The blocks are in `freed` before the state stops pointing to the slot, and
     * leave the slot after that: whoever looks finds them in one of the two. */
    hak_word blocks = unused | hak_port_fetch_or(slot->freed, unused, memory_order_acq_rel);
    bool known = (blocks & full) != 0 || !pool_forget(slot->freed, full);
    page_set_full(maps, unit, index + 1);
    if (known && ~blocks != 0)
        page_list_add(maps->units, page_record(maps->units, (int32_t)unit), unit);
    word_set(&slot->free, 0);
    pool_count_taken(slot, -(hak_word)hak_port_popcount(unused));
    pool_vacate(slot, core, &pools.states[index]);
    pool_forget_retained(core, index);
    if (~blocks == 0)
        retire(maps, unit, index);
}

void pool_look_elsewhere(void) { pools.elsewhere = pools.idle != 0 || run.arrived[1] != NULL; }

void pool_idle(unsigned core)
{
    pools.active[core] = 0;
    pools.idle |= core_bit(core);
    pool_look_elsewhere();
}

void pool_wake(unsigned core)
{
    pools.active[core] = (uintptr_t)pool_slot(core, 0) - sizeof(hak_slot);
    pools.idle &= ~core_bit(core);
    pool_look_elsewhere();
}

void pool_settle(const hak_maps *maps, uint32_t unit, unsigned kind)
{
    hak_page_state *page = page_record(maps->units, (int32_t)unit);
    /* acquire: what the last holders of its blocks did there comes first */
    if (maps->kinds[unit] != kind || (page->state & PAGE_OWNED) != 0 ||
        ~atomic_load_explicit(region_freed(maps, unit), memory_order_acquire) != 0)
        return;
    if (page->state == PAGE_FULL) {
        page_set_newer(page, PAGE_EMPTY);
        return;
    }
    page_list_remove(maps->units, unit);
    pools.unlisted++;
    retire(maps, unit, kind - 1);
}

hak_listed pool_listed(unsigned kind)
{
    const hak_region_table *table = run_regions();
    for (unsigned i = 0; i < table->count; i++) {
        const hak_maps *maps = &table->region[i]->maps;
        uint32_t unit = maps->heads != 0 ? page_list_first(maps, kind) : UINT32_MAX;
        if (unit <= maps->heads)
            return (hak_listed){maps, unit};
    }
    return (hak_listed){NULL, 0};
}

/* The core's page, all of whose blocks are in the slot, goes back: what pool_disown
 * does of it, knowing that no free is on its way there but a second one. */
static void give_up_empty(hak_slot *slot, unsigned core, unsigned index)
{
    const hak_class *c = &pools.classes[index];
    hak_page page = slot->page;
    /* release: whoever sees the slot's `free` cleared sees these */
    hak_port_fetch_or(slot->freed, c->full, memory_order_acq_rel);
    page_set_full(page_maps(page), page_unit(page), index + 1);
    word_set(&slot->free, 0);
    pool_count_taken(slot, -(hak_word)c->blocks);
    pool_vacate(slot, core, &pools.states[index]);
    retire(page_maps(page), page_unit(page), index);
}

/* At most pool_retain() such pages are kept; the next one goes back at once. */
void pool_emptied(hak_slot *slot, hak_mask state)
{
    unsigned number = (unsigned)(slot - pools.slots);
    unsigned core = hak_port_divide(number, pools.class_count);
    unsigned index = number - core * pools.class_count;
    if (!run_lock_masked(state))
        return; /* it stays, and is empty */
    if (pools.retained_count >= pool_retain()) {
        give_up_empty(slot, core, index);
    } else {
        *pool_retained(core, index) |= pool_class_bit(index);
        pools.retained_count++;
        slot->trigger = 0;
    }
    run_unlock(state);
}

/* Steps of a recall. This core's page goes back if it is empty; which core this
 * is, is settled only while interrupts are masked. */
static void recall_own(unsigned index)
{
    hak_mask state;
    if (!run_lock(&state))
        return;
    unsigned core = this_core();
    if (core < HAK_CORES && pools.active[core] != 0) {
        const hak_slot *slot = pool_slot(core, index);
        if (slot->used_bytes != 0 && ~(word_get(&slot->free) | word_get(slot->freed)) == 0)
            pool_disown(core, index);
    }
    run_unlock(state);
}

/* An idle core's page is made available in any case. */
static void recall_idle(unsigned core, unsigned index)
{
    hak_mask state;
    if (!run_lock(&state))
        return;
    if (__builtin_expect((pools.states[index].owners & pools.idle) >> core & 1, 1) != 0)
        pool_disown(core, index);
    run_unlock(state);
}

/* Does this core's page look empty? It is looked at again with the lock held. */
static bool own_looks_empty(unsigned index)
{
    hak_mask state = hak_port_mask();
    unsigned core = this_core();
    bool empty = false;
    if (core < HAK_CORES && pools.active[core] != 0) {
        const hak_slot *slot = pool_slot(core, index);
        empty = slot->used_bytes != 0 && ~(word_get(&slot->free) | word_get(slot->freed)) == 0;
    }
    hak_port_unmask(state);
    return empty;
}

static hak_core_set idle_owners(unsigned index)
{
    hak_core_set owners = 0;
    hak_mask state;
    if (run_lock(&state)) {
        owners = pools.states[index].owners & pools.idle;
        run_unlock(state);
    }
    return owners;
}

static bool any_idle(void)
{
    bool any = false;
    hak_mask state;
    if (run_lock(&state)) {
        any = pools.idle != 0;
        run_unlock(state);
    }
    return any;
}

void pool_recall(void)
{
    for (unsigned index = 0; index < pools.class_count; index++)
        if (own_looks_empty(index))
            recall_own(index);
    if (!any_idle())
        return;
    for (unsigned index = 0; index < pools.class_count; index++)
        for (hak_core_set cores = idle_owners(index); cores != 0; cores &= cores - 1)
            recall_idle(hak_port_ctz(cores), index);
}
