/* SPDX-License-Identifier: MIT */
/*
 * Replay of a recorded trace on hak, in order on one core or spread over all
 * cores at once. replay.c lays out the memory and reports; object.c performs
 * one record (contents.c and call.c, which small.c has, too, have its parts);
 * spread.c runs all cores; interrupt.c is the timer's handler.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "call.h"
#include "contents.h"
#include "hak.h"
#include "trace.h"

enum { REPLAY_CORES = 64 };
#define REPLAY_NONE UINT32_MAX

/* Site n of the trace is replayed under the address REPLAY_SITES + n x REPLAY_SITE_BYTES. */
#define REPLAY_SITES ((uintptr_t)15 << (sizeof(uintptr_t) * 8 - 20))
enum { REPLAY_SITE_BYTES = 4, REPLAY_LIST = 11 };

/* An object of the trace. A record may touch it when `done` names the record
 * before it on the same object; the store-release of `done` by the core that
 * performed that one pairs with the load-acquire of the core that waits. */
typedef struct replay_object {
    void *block; /* NULL: not allocated, or the allocation failed */
    uint32_t size_bytes;
    _Atomic(uint32_t) done; /* the last record performed on it */
} replay_object;

/* What one core counts; the cores' are summed at the end. */
typedef struct replay_counts {
    uint64_t operations;
    uint64_t failures;   /* allocations that returned NULL */
    uint64_t skipped;    /* records on an object whose allocation failed */
    uint64_t mismatches; /* contents, zeroing, alignment or usable size wrong */
    uint64_t waits;      /* records that had to wait for another core */
    replay_cost cost[KINDS];
    _Alignas(64) _Atomic(uint32_t) next; /* the record this core performs next */
} replay_counts;

typedef struct replay {
    trace t;
    replay_object *objects;
    uint32_t *before; /* per record: the record before it on its object, or REPLAY_NONE */
    uint8_t *core_of; /* per record: the core that performs it */
    unsigned cores;
    uint32_t window; /* no core is further ahead of the slowest, in records */
    bool at_once;
    bool at_sites;                   /* under the trace's sites, calls not measured */
    bool plain;                      /* calloc is replayed as malloc */
    uint64_t frees, frees_elsewhere; /* on another core than the one that allocated */
    replay_counts counts[REPLAY_CORES];
    _Atomic(size_t) live_bytes, peak_bytes; /* as the program asked for them */
    _Atomic(unsigned) in_flight, most_in_flight;
    _Atomic(unsigned) complained; /* of a failed allocation */
    /* In order: who held the memory when it was most; "other" included. */
    hak_site_info sites[REPLAY_LIST];
    size_t listed;
} replay;

/* object.c. Perform record i. */
void replay_perform(replay *r, uint32_t i, replay_counts *counts);
/* Verify and free what the trace left live; the number of mismatches. */
uint64_t replay_free_rest(replay *r, uint32_t *left);

/* spread.c */
void replay_plan(replay *r); /* fills in before and core_of */
uint64_t replay_drift_bytes(const replay *r);
void replay_in_order(replay *r);
bool replay_at_once(replay *r, unsigned period_us); /* false: no interrupts here */

/* interrupt.c. Per core: at most REPLAY_HANDLER_BYTES live. */
enum { HANDLER_SLOTS = 4, HANDLER_MAX_BYTES = 256 };
#define REPLAY_HANDLER_BYTES ((HANDLER_SLOTS + 1) * HANDLER_MAX_BYTES)
typedef struct handler_counts {
    uint64_t interrupts, calls, failures, mismatches;
} handler_counts;
void handler_start(unsigned cores);
void handler_progress(unsigned core); /* this core performed a record */
void handler_on_timer(void);
handler_counts handler_finish(void); /* frees what is left; the sums */

#endif
