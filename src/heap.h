/* SPDX-License-Identifier: MIT */
/* What the public calls share: finding blocks, reporting faults. */
#ifndef HAK_HEAP_H
#define HAK_HEAP_H

#include "pool.h"

/* A live block, wherever it lies. */
typedef struct hak_found {
    bool in_page;
    hak_spot spot;   /* in_page */
    hak_place place; /* otherwise, as it was when it was found */
} hak_found;

/* Find the live block that begins at p, or say what is wrong with p. */
hak_fault heap_find(const void *p, hak_found *found);

/* Count a fault and hand it to the hook. No lock, no mask held. */
void heap_report(hak_fault kind, const void *p, const void *call_site);

/* Report overwritten links that the run layer came upon, if there were any. */
void heap_report_corrupt(const void *call_site);

/* Faults reported so far. */
size_t heap_faults(void);

/* malloc, beyond the fast path. alignment_log2 in granules. */
void *heap_malloc(size_t size, unsigned alignment_log2, const void *call_site);

/* free, beyond the fast path. */
void heap_free(void *p, const void *call_site);

/* This core's number; HAK_CORES if it has none. */
static inline unsigned heap_core(void)
{
    if (HAK_CORES == 1 && !HAK_PORT_CORE_MAY_BE_NONE)
        return 0;
    unsigned core = hak_port_core();
    return core < HAK_CORES ? core : HAK_CORES;
}

/* The core's slots, NULL if it is idle or has none. Interrupts masked. */
static inline hak_slot *heap_slots(void)
{
    unsigned core = heap_core();
    return core < HAK_CORES ? pools.active[core] : NULL;
}

#endif
