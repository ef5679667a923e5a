/* SPDX-License-Identifier: MIT */
#include "tiny.h"

hak_tiny tiny;

void tiny_done(hak_mask state, hak_fault kind, const void *p, const void *call_site)
{
    if (kind == HAK_FAULT_NONE && tiny.corrupt != 0) {
        kind = HAK_FAULT_CORRUPT;
        p = tiny_corrupt_address();
        tiny.corrupt = 0;
    }
    if (kind != HAK_FAULT_NONE)
        tiny.faults++;
    hak_port_unmask(state);
    if (kind != HAK_FAULT_NONE)
        hak_port_fault(kind, p, call_site);
}
