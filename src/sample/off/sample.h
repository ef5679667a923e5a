/* SPDX-License-Identifier: MIT */
/* Sampling of sizes and lifetimes, left out: blocks lie at the front. */
#ifndef HAK_SAMPLE_H
#define HAK_SAMPLE_H

#include "policy.h"

static inline bool sample_from_end(void) { return false; }
static inline void sample_ask(size_t granules, const void *call_site)
{
    (void)granules;
    (void)call_site;
}
static inline void sample_given(const void *block) { (void)block; }
static inline bool sample_due(bool dear) { return (void)dear, false; }
static inline void sample_step(void) {}
static inline void sample_freed(const void *block) { (void)block; }
static inline void sample_export(hak_policy *table, uint32_t requests)
{
    (void)table;
    (void)requests;
}

#endif
