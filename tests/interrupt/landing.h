/* SPDX-License-Identifier: MIT */
/* An interrupt on one instruction of a call. */
#ifndef LANDING_H
#define LANDING_H

#include "interrupt.h"

/* Nanoseconds that an instruction takes. */
extern uint64_t step;

/* Instructions from the setting of the timer to the first one of the call. */
extern uint64_t first_delay;

/* How many interrupts land in an empty call, and its instructions. */
extern uint64_t empty_landings, empty_instructions;

/* What the machine's clock and timer are like. false: they do not count instructions. */
bool calibrate(void);

/* Where an interrupt landed. */
typedef struct landing {
    uint64_t late;   /* so many instructions behind the one that it was meant for */
    uintptr_t place; /* the address of the first one that it held up */
    uint64_t in_all; /* of the call and of what the interrupt came to */
} landing;

/* The call with an interrupt in so many instructions from now, whose handler acts.
 * false: the call was over by then. What is counted is what was executed from now to
 * the handler: so each delay has an instruction of its own, unless it was late. */
bool interrupted(void (*call)(void), void (*act)(void), uint64_t delay, landing *where);

uint64_t instructions_of(void (*call)(void));
uint64_t mask_state(void);

/* place.c, of the core's kind. place_start() once; place_of_interrupt() in the handler. */
void place_start(void);
uintptr_t place_of_interrupt(void);
/* Is the instruction before it one that lets interrupts through again? */
bool place_is_behind_unmask(uintptr_t place);

#endif
