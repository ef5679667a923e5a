/* SPDX-License-Identifier: MIT */
/* Which alignment a block was asked for with. */
#ifndef HAK_TINY_ALIGNMENT_H
#define HAK_TINY_ALIGNMENT_H

#include "tiny.h"

/* log2 of the alignment, in granules, that the block at g was asked for with, or more
 * than that if it was large. Its length is known. Masked. */
unsigned tiny_alignment(granule g, granule length);

#endif
