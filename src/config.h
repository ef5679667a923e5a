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

/* K: empty pages and freed blocks that may be kept, in the whole heap. Where there
 * is a reuse cache, half of it is the cache's. */
#ifndef HAK_RETAIN
#define HAK_RETAIN 32
#endif

/* The reuse cache, for each core: call sites that it tells apart at most (0: no
 * cache), and blocks that it may keep for one site and class. Heaps of less than
 * 16 MiB for each core have fewer. */
#ifndef HAK_CACHE_SITES
#define HAK_CACHE_SITES 64
#endif
#ifndef HAK_CACHE_WAYS
#define HAK_CACHE_WAYS 4
#endif

/* log2 of the bytes up to which the smallest of the cache's four classes goes, in
 * heaps that are 32 times larger or more. The others go up to 2, 4, 8 times that. */
#ifndef HAK_CACHE_BASE_LOG2
#define HAK_CACHE_BASE_LOG2 20
#endif

/* hak_release() hands free extents of at least so many bytes to the port, and at
 * most so many in one call of the hook: the run lock is held meanwhile. */
#ifndef HAK_RELEASE_LEAST
#define HAK_RELEASE_LEAST 65536
#endif
#ifndef HAK_RELEASE_BYTES
#define HAK_RELEASE_BYTES (1 << 20)
#endif

/* A core that waits for the run layer's lock looks at it so often, at most; then whose
 * turn it is has stopped for good, and whoever needs the lock fails from then on
 * (HAK_FAULT_STOPPED, docs/bounds.md). 0: it waits for ever, as it does in any case on one
 * core, and where a kernel stops threads (the host). A look is 6 instructions on AArch64.
 * All turns before one's own take some 300 x HAK_CORES, so that 100,000 are plenty where
 * nothing stops a core for a while; what does (a handler above the mask, a hypervisor,
 * hak_port_release) must be shorter than the wait. The default, half a second or so, also
 * bears with a QEMU that has more cores than the machine that it runs on. Looks, not time:
 * while all cores are halted, nothing is counted. */
#ifndef HAK_LOCK_TURNS
#define HAK_LOCK_TURNS (1 << 26)
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
_Static_assert(HAK_CACHE_SITES >= 0 && HAK_CACHE_SITES <= 1024 &&
                   (HAK_CACHE_SITES & (HAK_CACHE_SITES - 1)) == 0,
               "HAK_CACHE_SITES: 0 or a power of two, at most 1024");
_Static_assert(HAK_CACHE_WAYS >= 1 && HAK_CACHE_WAYS <= 16, "HAK_CACHE_WAYS: 1 to 16");
_Static_assert(HAK_RELEASE_LEAST >= 4096 && HAK_RELEASE_LEAST <= 1 << 30,
               "HAK_RELEASE_LEAST: 4096 to 2^30");
_Static_assert(HAK_RELEASE_BYTES >= 4096 && HAK_RELEASE_BYTES <= 1 << 30 &&
                   (HAK_RELEASE_BYTES & (HAK_RELEASE_BYTES - 1)) == 0,
               "HAK_RELEASE_BYTES: a power of two, 4096 to 2^30");
_Static_assert(HAK_LOCK_TURNS == 0 || (HAK_LOCK_TURNS >= 4096 && HAK_LOCK_TURNS <= 1 << 30),
               "HAK_LOCK_TURNS: 0, or 4096 to 2^30");
_Static_assert(HAK_CACHE_BASE_LOG2 >= 14 && HAK_CACHE_BASE_LOG2 <= 30,
               "HAK_CACHE_BASE_LOG2: 14 to 30");
_Static_assert(HAK_SITE_MARKS == 16 || HAK_SITE_MARKS == 32 || HAK_SITE_MARKS == 64,
               "HAK_SITE_MARKS: 16, 32 or 64");
_Static_assert(HAK_SITES >= 16 && HAK_SITES <= 128 && (HAK_SITES & (HAK_SITES - 1)) == 0,
               "HAK_SITES: a power of two, 16 to 128");

/* hak_check looks so often at what seems wrong: another core may be between two of its
 * steps, and on a host for as long as its thread has no processor. What stays wrong for
 * so long is wrong. On one core a handler may have come between two looks: the next one
 * shows that. */
enum { CHECK_TURNS = HAK_CORES == 1 ? 2 : 4096 };

#endif
