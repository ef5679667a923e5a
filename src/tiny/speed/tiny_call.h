/* SPDX-License-Identifier: MIT */
/* What the public calls begin and end with, for speed: no call where all is well. */
#ifndef HAK_TINY_CALL_H
#define HAK_TINY_CALL_H

#include "tiny_count.h"
#include "tiny_run.h"

/* What is wrong with p, at whose granule no block begins. */
hak_fault tiny_look(uintptr_t g, const void *p);

/* The block that begins at p; 0: none does. Then it was reported, and the mask is off. */
TINY_STEP granule tiny_block(const void *p, hak_mask state, const void *call_site)
{
    uintptr_t offset = (uintptr_t)p - tiny.base, g = offset >> GRANULE_SHIFT;
    /* Of the control data's granules only the first one begins. */
    if (g < tiny.end && g != 0 && offset % GRANULE_BYTES == 0) {
        const tiny_unit *u = tiny_unit_of((granule)g);
        if ((intptr_t)((u->begin & u->live) << tiny_bit_of((granule)g)) < 0)
            return (granule)g;
    }
    tiny_done(state, tiny_look(g, p), p, call_site);
    return 0;
}

/* The end of a call with which nothing was wrong. */
TINY_STEP void tiny_end(hak_mask state, const void *call_site)
{
    if (tiny.corrupt != 0)
        tiny_done(state, HAK_FAULT_NONE, NULL, call_site);
    else
        hak_port_unmask(state);
}

#endif
