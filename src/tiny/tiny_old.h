/* SPDX-License-Identifier: MIT */
/* What realloc learns of the block that it was given. */
#ifndef HAK_TINY_OLD_H
#define HAK_TINY_OLD_H

#include "tiny.h"

typedef struct tiny_old {
    size_t bytes;            /* as it was; 0: no block begins there, which was reported */
    unsigned alignment_log2; /* in granules, that it was asked for with */
    bool resized;
} tiny_old;

#endif
