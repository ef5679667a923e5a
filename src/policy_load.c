/* SPDX-License-Identifier: MIT */
/* Taking over a policy table: is it whole, and for this build? */
#include "policy.h"
#include "run.h"

uint32_t policy_sum(const hak_policy *table)
{
    const uint8_t *from = (const uint8_t *)(&table->checksum + 1);
    uint32_t sum = 2166136261u;
    for (; from < (const uint8_t *)(table + 1); from++)
        sum = (sum ^ *from) * 16777619u;
    return sum;
}

static bool bands_are_sound(const hak_policy *table)
{
    for (unsigned i = 0; i < POLICY_BANDS; i++) {
        hak_policy_band b = table->band[i];
        if (b.depth > POLICY_DEPTH_MOST || b.eager > 1 || b.unused != 0)
            return false;
    }
    return true;
}

static bool sizes_are_sound(const hak_policy *table)
{
    uint32_t last = POLICY_OWN_LEAST - 1;
    for (unsigned i = 0; i < POLICY_SIZES; i++) {
        hak_policy_size s = table->size[i];
        if (s.patience > POLICY_PATIENCE_MOST || s.page_log2 > POLICY_PAGE_LOG2_MOST ||
            s.reserve > POLICY_PARTS + 1)
            return false;
    }
    for (unsigned i = 0; i < POLICY_OWN; i++) {
        uint32_t own = table->own[i];
        if (own == 0)
            last = POLICY_OWN_MOST;
        else if (own <= last || own > POLICY_OWN_MOST)
            return false;
        else
            last = own;
    }
    return true;
}

bool policy_is_sound(const hak_policy *t)
{
    return t->magic == POLICY_MAGIC && t->version == POLICY_VERSION && t->bytes == sizeof *t &&
           t->checksum == policy_sum(t) && t->granule_bytes == GRANULE_BYTES &&
           t->state <= HAK_CANARY_RELEARN && t->unused[0] == 0 && t->unused[1] == 0 &&
           t->unused2 == 0 && t->slow_permille <= 1000 && bands_are_sound(t) && sizes_are_sound(t);
}

hak_status hak_policy_load(const void *table, size_t size)
{
    if (table == NULL)
        return HAK_ERR_NULL;
    if (run_is_started())
        return HAK_ERR_LATE;
    if (size != sizeof(hak_policy) || (uintptr_t)table % sizeof(uint32_t) != 0 ||
        !policy_is_sound(table))
        return HAK_ERR_POLICY;
    policy_now = table;
    return HAK_OK;
}
