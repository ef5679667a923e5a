/* SPDX-License-Identifier: MIT */
/* What the public calls begin and end with, for size. */
#ifndef HAK_TINY_CALL_H
#define HAK_TINY_CALL_H

#include "tiny_count.h"
#include "tiny_run.h"

/* The block that begins at p; 0: none does. Then it was reported, and the mask is off. */
granule tiny_block(const void *p, hak_mask state, const void *call_site);

/* The end of a call with which nothing was wrong. */
static inline void tiny_end(hak_mask state, const void *call_site)
{
    tiny_done(state, HAK_FAULT_NONE, NULL, call_site);
}

#endif
