/* SPDX-License-Identifier: MIT */
/* The constants that a build may choose, each checked. */
#ifndef HAK_CONFIG_H
#define HAK_CONFIG_H

/* Cores that have pools of their own. */
#ifndef HAK_CORES
#define HAK_CORES 4
#endif

/* Ranges of RAM that the heap may consist of. */
#ifndef HAK_REGIONS
#define HAK_REGIONS 8
#endif

/* K: pages that may be kept although they are empty, in the whole heap. */
#ifndef HAK_RETAIN
#define HAK_RETAIN 32
#endif

/* Call sites that SITES=list and SITES=count tell apart, less one; a power of two. */
#ifndef HAK_SITES
#define HAK_SITES 128
#endif

/* Bytes of tags for each 64 granules (32 on 32-bit) in those builds. 16: small blocks
 * that come from the run layer may have to share one; 64: each has its own. */
#ifndef HAK_SITE_MARKS
#define HAK_SITE_MARKS 16
#endif

_Static_assert(HAK_CORES >= 1 && HAK_CORES <= 64, "CORES: 1 to 64");
_Static_assert(HAK_REGIONS >= 1 && HAK_REGIONS <= 8, "HAK_REGIONS: 1 to 8");
_Static_assert(HAK_RETAIN >= 0 && HAK_RETAIN <= 1024, "HAK_RETAIN: 0 to 1024");
_Static_assert(HAK_SITE_MARKS == 16 || HAK_SITE_MARKS == 32 || HAK_SITE_MARKS == 64,
               "HAK_SITE_MARKS: 16, 32 or 64");
_Static_assert(HAK_SITES >= 16 && HAK_SITES <= 128 && (HAK_SITES & (HAK_SITES - 1)) == 0,
               "HAK_SITES: a power of two, 16 to 128");

#endif
