/* SPDX-License-Identifier: MIT */
/* What is kept of each site: its address. */
#ifndef HAK_PLACE_H
#define HAK_PLACE_H

#include "base.h"

typedef struct hak_place_of_site {
    hak_atomic address; /* 0, or a call site for good */
} hak_place_of_site;
enum { PLACES = HAK_SITES, PLACE_CHARGES = 0 };
static inline hak_word place_charge(size_t size_bytes) { return size_bytes; }

#endif
