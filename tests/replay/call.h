/* SPDX-License-Identifier: MIT */
/* The call that a record stands for, what it cost, and what must hold of its block. */
#ifndef REPLAY_CALL_H
#define REPLAY_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace.h"

typedef enum replay_kind {
    KIND_MALLOC,
    KIND_CALLOC,
    KIND_ALIGNED,
    KIND_FREE,
    KIND_REALLOC_IN_PLACE,
    KIND_REALLOC_MOVED,
    KINDS
} replay_kind;

/* Instructions of one kind of call. */
typedef struct replay_cost {
    uint64_t calls;
    uint64_t sum;
    uint64_t max;
    uint32_t max_record;
} replay_cost;

/* The call itself, between two readings of the instruction counter. op: the record's,
 * or another one in its place. The block handed out, NULL if there is none; of a free,
 * nothing to be looked at. */
void *replay_call(const trace_record *t, unsigned op, void *block, uint64_t *instructions);

replay_kind replay_kind_of(unsigned op, const void *before, const void *after);
void replay_add_cost(replay_cost *costs, replay_kind kind, uint64_t instructions, uint32_t record);

/* = cost NAME calls mean*10 max record, less the cost of reading the counter; nothing
 * where instructions are not counted. */
void replay_print_costs(const replay_cost *costs);

/* What must hold of a block that was just handed out, before it is filled. kept: how
 * many bytes of a realloc's block are as they were. */
bool replay_sound(const trace_record *t, unsigned op, const void *block, size_t kept, uint64_t key);

/* How much was free, and in how large a piece, when an allocation failed. */
void replay_print_refused(uint32_t bytes);

#endif
