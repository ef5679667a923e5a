/* SPDX-License-Identifier: MIT */
/*
 * The policy: what learning may change, as plain data. The layers read it when
 * the heap is made and on slow paths; a table that was loaded, or the learner,
 * takes the place of the built-in one, which is constant.
 *
 * It is a table and the format of one at once: no pointer, no padding, little
 * endian, the same on every target of one granule. hak_policy_load() checks it;
 * but it may lie in memory that the program can write, so every reader limits
 * what it reads: a bad policy can cost memory or time, never break the heap.
 */
#ifndef HAK_POLICY_H
#define HAK_POLICY_H

#include "base.h"

enum {
    POLICY_VERSION = 1,
    POLICY_BANDS = 4,
    POLICY_SIZES = 40,  /* steps of size: policy_step() */
    POLICY_OWN = 8,     /* sizes that have a class of their own */
    POLICY_SITES = 256, /* call sites are told apart by 8 bits of hash */
    POLICY_PARTS = 20,  /* the reserve is counted in twentieths of the heap */
    POLICY_PAGE_LOG2_MOST = 2,
    POLICY_PATIENCE_MOST = 12,
    POLICY_DEPTH_MOST = 16,
    POLICY_OWN_LEAST = 17, /* granules: below, each size has its class anyway */
    POLICY_OWN_MOST = 1024
};
#define POLICY_MAGIC UINT32_C(0x706b6168) /* "hakp" */

/* How a band of the reuse cache retains blocks. Epochs are hak_tick()'s rounds.
 * Aligned, or GCC calls memcpy for a copy on machines that load aligned words only. */
typedef struct __attribute__((aligned(4))) hak_policy_band {
    uint8_t depth; /* blocks kept for one site, at most as many as there are ways; 0: none */
    uint8_t keep;  /* epochs without a hit after which what is kept is merged; 0: never */
    uint8_t eager; /* 1: merged after so many epochs also if there were hits */
    uint8_t unused;
} hak_policy_band;

/* What is known of a step of size. All 0: as without a policy. */
typedef struct __attribute__((aligned(4))) hak_policy_size {
    uint8_t patience;  /* n: a page is born after 2^n - 2 requests, n from 1 */
    uint8_t page_log2; /* pages larger by this power of two */
    uint8_t reserve;   /* n: pages are born while (n - 1) / 20 of the heap is free */
    uint8_t share;     /* of all small requests in training, in 1/255; for the reader */
} hak_policy_size;

typedef struct hak_policy {
    uint32_t magic;
    uint16_t version;
    uint16_t bytes;    /* of the table */
    uint32_t checksum; /* of all that follows: policy_sum() */
    uint8_t granule_bytes;
    uint8_t state; /* hak_learning */
    uint8_t unused[2];
    uint16_t slow_permille; /* canary: of 1000 small requests in training, how many
                               no page served */
    uint16_t unused2;
    hak_policy_band band[POLICY_BANDS];
    hak_policy_size size[POLICY_SIZES];
    uint16_t own[POLICY_OWN];             /* in granules, ascending, then 0 */
    uint8_t long_lived[POLICY_SITES / 8]; /* bit: the site's blocks live long */
} hak_policy;
_Static_assert(sizeof(hak_policy) == HAK_POLICY_BYTES, "hak.h and policy.h disagree");

/* The policy in force, and the built-in one. Changed before hak_init, or by the
 * learner with the lock held. */
extern const hak_policy *policy_now;
extern const hak_policy policy_built_in;

static inline hak_policy_band policy_band(unsigned band) { return policy_now->band[band]; }

/* Of the table behind its checksum.  [Fowler, Noll, Vo: FNV-1a] */
uint32_t policy_sum(const hak_policy *table);

/* May it be used here? */
bool policy_is_sound(const hak_policy *table);

/* The policy of a size: of its step. Exact up to 16 granules, above that four steps
 * for each doubling. */
static inline unsigned policy_step(uint32_t granules)
{
    if (granules <= 16)
        return granules - 1;
    unsigned log2 = top_bit(granules - 1);
    return 16 + (log2 - 4) * 4 + ((granules - 1 - (1u << log2)) >> (log2 - 2));
}
static inline hak_policy_size policy_of_size(uint32_t granules)
{
    unsigned step = policy_step(granules);
    return policy_now->size[step < POLICY_SIZES ? step : POLICY_SIZES - 1];
}

#endif
