/* SPDX-License-Identifier: MIT */
/* From a pointer to the live block that begins there; and reporting. */
#include "heap.h"
#include "tagged.h"

static hak_atomic faults, early_returns;

static hak_fault find(const void *p, hak_found *found)
{
    hak_region *region = run_region_of(p);
    if (region == NULL)
        return run_is_started() ? HAK_FAULT_FOREIGN : HAK_FAULT_NOT_INIT;
    unsigned kind = region_kind_at(&region->maps, p);
    found->in_page = kind != 0;
    if (kind == 0) {
        hak_mask state;
        if (!run_lock(&state))
            return HAK_FAULT_STOPPED;
        hak_fault fault = run_block_at(region, p, &found->place);
        run_unlock(state);
        return fault;
    }
    hak_fault fault = pool_find(region, kind - 1, p, &found->spot);
    if (fault == HAK_FAULT_NONE && pool_is_free(found->spot))
        fault = HAK_FAULT_DOUBLE_FREE;
    return fault;
}

hak_fault heap_find(const void *p, hak_found *found)
{
    hak_fault fault = find(p, found);
    if (fault == HAK_FAULT_FOREIGN && tagged_find != NULL) {
        found->in_page = false;
        fault = tagged_find(p, &found->place);
    }
    return fault;
}

void heap_report(hak_fault kind, const void *p, const void *call_site)
{
    if (kind == HAK_FAULT_STOPPED)
        return;
    hak_port_fetch_add(&faults, 1, memory_order_relaxed);
    hak_port_fault(kind, p, call_site);
}

void heap_report_links(const void *call_site)
{
    const void *p = (const void *)hak_port_exchange(&run.corrupt, 0, memory_order_relaxed);
    if (p != NULL)
        heap_report(HAK_FAULT_CORRUPT, p, call_site);
}

size_t heap_faults(void) { return atomic_load_explicit(&faults, memory_order_relaxed); }

void *heap_return_early(void *p)
{
    hak_port_fetch_add(&early_returns, 1, memory_order_relaxed);
    return p;
}

size_t heap_early_returns(void)
{
    return atomic_load_explicit(&early_returns, memory_order_relaxed);
}
