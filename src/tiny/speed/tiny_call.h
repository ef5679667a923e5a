/* SPDX-License-Identifier: MIT */
/* What the public calls begin and end with. */
#ifndef HAK_TINY_CALL_H
#define HAK_TINY_CALL_H

#include "tiny_run.h"

/* What is wrong with p, where no block begins. Without the mask: it searches, and what it
 * finds is for the report alone. */
hak_fault tiny_look(const void *p);

/* What the header of the block at p says; 0: no block begins there. Then it was reported,
 * and the mask is off. */
hak_word tiny_block(const void *p, hak_mask state, const void *call_site);

/* The end of a call in which something may have been found to be overwritten. */
static inline void tiny_end(hak_mask state, const void *call_site)
{
    tiny_done(state, HAK_FAULT_NONE, NULL, call_site);
}

#endif
