/* SPDX-License-Identifier: MIT */
/*
 * fork(). All that happens under the run lock is whole in the child, because
 * prepare holds it. Without the lock, the other cores only do these:
 *
 *   pop, push        one store commits; nothing to mend
 *   drain            set in `free`, clear in `freed`, count: may stop between
 *   remote free      set in `freed`, list or settle the page, count: may stop between
 *   hit, put         entry, note, count: may stop between, with a block in no entry
 *
 * So the child finishes drains, lists or settles every page that nobody owns, gives back all
 * blocks that are noted as cached, and then counts the live blocks anew. A thread that waits for
 * the lock has drawn a ticket that nobody will serve: the tickets are called in.
 */
#include "hak_fork.h"
#include "cursor.h"
#include "heap.h"

static hak_mask before_fork;
static bool locked; /* not so if the lock's holder has stopped: then it stays as it is */

void hak_fork_prepare(void) { locked = run_lock(&before_fork); }

void hak_fork_parent(void)
{
    if (locked)
        run_unlock(before_fork);
}

/* The blocks that an interrupted drain left in both words leave `freed`. */
static void finish_drains(unsigned core)
{
    for (unsigned index = 0; index < pools.class_count; index++) {
        hak_slot *slot = pool_slot(core, index);
        if (slot->used_bytes != 0)
            hak_port_fetch_and(slot->freed, ~word_get(&slot->free), memory_order_relaxed);
    }
}

/* List or settle the page if it needs it; the number of blocks that were live in it. */
static size_t mend_page(const hak_maps *maps, uint32_t unit, unsigned kind)
{
    const hak_page_state *page = page_record(maps->units, (int32_t)unit);
    hak_word full = pools.classes[kind - 1].full;
    hak_word unused = pool_free_blocks(region_freed(maps, unit), page) & full;
    if (page_state_at(page) == PAGE_FULL && unused != 0)
        pool_list(maps, unit);
    else
        pool_settle(maps, unit, kind);
    return hak_port_popcount(full) - hak_port_popcount(unused);
}

static void mend_region(hak_region *r, size_t live[])
{
    for (granule g = r->first; g < r->end;) {
        hak_item item = cursor_look(r, g);
        unsigned kind = region_kind(r, unit_of(g));
        if (item.kind == ITEM_PAGE)
            live[kind - 1] += mend_page(&r->maps, unit_of(g), kind);
        else if (item.kind == ITEM_BLOCK && note_is_cached(r, g))
            cache_give_up(r, region_address(r, g));
        g += item.extent.length;
    }
}

/* Make the sums over all cores (pool.h, stats.c) say `live` again. */
static void recount(unsigned index, size_t live)
{
    size_t counted = -pools.coreless_frees[index];
    for (unsigned core = 0; core < HAK_CORES; core++) {
        const hak_slot *slot = pool_slot(core, index);
        counted += word_get(&pools.taken[slot - pools.slots]) -
                   hak_port_popcount(word_get(&slot->free)) - word_get(&slot->remote_frees);
    }
    pools.coreless_frees[index] += counted - live;
}

static void mend_pools(void)
{
    size_t live[CLASSES_MOST];
    const hak_region_table *table = run_regions();
    unsigned mine = heap_core();

    hak_port_zero(live, sizeof live); /* an initializer would call memset */
    for (unsigned core = 0; core < HAK_CORES; core++)
        if (core != mine) {
            finish_drains(core);
            pool_idle(core);
        }
    cache_forget();
    for (unsigned i = 0; i < table->count; i++)
        mend_region(table->region[i], live);
    for (unsigned index = 0; index < pools.class_count; index++)
        recount(index, live[index]);
}

void hak_fork_child(void)
{
    if (!locked)
        return;
    if (pools.class_count != 0)
        mend_pools();
    uint16_t mine = atomic_load_explicit(&run.lock.serving, memory_order_relaxed);
    atomic_store_explicit(&run.lock.next, (uint16_t)(mine + 1), memory_order_relaxed);
    run_unlock(before_fork);
}
