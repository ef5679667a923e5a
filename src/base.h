/* SPDX-License-Identifier: MIT */
/* Words, granules and units: the vocabulary of the maps. */
#ifndef HAK_BASE_H
#define HAK_BASE_H

#include "config.h"
#include "hak.h"
#include "port.h"

enum {
    WORD_BITS = HAK_PORT_WORD_BITS,
    GRANULE_SHIFT = WORD_BITS == 64 ? 4 : 3,
    GRANULE_BYTES = 1 << GRANULE_SHIFT,
    /* A unit is the memory that one map word describes: 1 KiB or 256 B. */
    UNIT_GRANULES = WORD_BITS,
    UNIT_GRANULES_SHIFT = WORD_BITS == 64 ? 6 : 5,
    UNIT_SHIFT = UNIT_GRANULES_SHIFT + GRANULE_SHIFT,
    UNIT_BYTES = 1 << UNIT_SHIFT
};
_Static_assert(GRANULE_BYTES == HAK_GRANULE, "hak.h and base.h disagree");

/* The index of a granule in its region. 0 is never the start of an extent. */
typedef uint32_t granule;

#define ONE ((hak_word)1)

/* For the steps of the slow paths that are worth their copies: a call and the
 * registers that it saves cost as much as the step. */
#define STEP static inline __attribute__((always_inline))

/* A set of cores: a bit each. */
typedef hak_word hak_core_set;
_Static_assert(HAK_CORES <= WORD_BITS, "CORES: at most 32 where words have 32 bits");

static inline hak_core_set core_bit(unsigned core) { return ONE << core; }

/* Words that one core writes and others may read at any time. */
static inline hak_word word_get(const hak_atomic *w) { return hak_port_get(w); }
static inline void word_set(hak_atomic *w, hak_word value) { hak_port_set(w, value); }

/* This core's number; HAK_CORES or more if it has none. With interrupts masked,
 * or it may be another's by the time it is used. */
static inline unsigned this_core(void)
{
    return HAK_CORES == 1 && !HAK_PORT_CORE_MAY_BE_NONE ? 0 : hak_port_core();
}

/* size_bytes in granules, rounded up, at least 1; for sizes up to PTRDIFF_MAX. */
static inline size_t granules_for(size_t size_bytes)
{
    return (size_bytes + (GRANULE_BYTES - 1) + (size_bytes == 0)) >> GRANULE_SHIFT;
}

/* Position of the highest set bit of a word that is not 0. */
static inline unsigned top_bit(hak_word w) { return (WORD_BITS - 1) - hak_port_clz(w); }

/* A product of more than 32 bits, without libgcc where the machine has none of 64. */
static inline uint64_t times(uint64_t a, uint32_t b)
{
    uint32_t low = (uint32_t)a, high = (uint32_t)(a >> 32);
    return WORD_BITS == 64 ? a * b : ((uint64_t)(hak_port_high(low, b) + high * b) << 32 | low * b);
}

/* The same of quotients. */
static inline size_t quotient(size_t a, size_t b)
{
    return WORD_BITS == 64 ? (size_t)hak_port_divide_64(a, b)
                           : hak_port_divide((uint32_t)a, (uint32_t)b);
}
static inline size_t remainder_of(size_t a, size_t b) { return a - quotient(a, b) * b; }

static inline uintptr_t align_up(uintptr_t x, uintptr_t power)
{
    return (x + power - 1) & ~(power - 1);
}
static inline uintptr_t align_down(uintptr_t x, uintptr_t power) { return x & ~(power - 1); }

#endif
