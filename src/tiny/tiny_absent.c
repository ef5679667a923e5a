/* SPDX-License-Identifier: MIT */
/* What the tiny build does not have: more than one region, pools that a core keeps, call
 * sites, pages to release, policies. Each call is there, and says so. */
#include "tiny.h"

hak_status hak_add_region(void *start, size_t size)
{
    (void)start, (void)size;
    return tiny.end == 0 ? HAK_ERR_NOT_INIT : HAK_ERR_REGIONS;
}

void hak_core_idle(void) {}

size_t hak_sites_get(hak_site_info *list, size_t most)
{
    (void)list, (void)most;
    return 0;
}

size_t hak_release(size_t items)
{
    (void)items;
    return 0;
}

hak_status hak_policy_load(const void *table, size_t size)
{
    (void)table, (void)size;
    return HAK_ERR_POLICY;
}

size_t hak_policy_export(void *buffer, size_t size, hak_learning state)
{
    (void)buffer, (void)size, (void)state;
    return 0;
}

void hak_learn(hak_learning state, uint32_t seed) { (void)state, (void)seed; }

hak_learning hak_learn_state(void) { return HAK_FROZEN; }

void hak_tick(void) {}
