/* SPDX-License-Identifier: MIT */
/* An interrupt on one instruction of a call. */
#ifndef LANDING_H
#define LANDING_H

#include "interrupt.h"

/* Nanoseconds: of an instruction; until an interrupt that lands on the first one of
 * the call. */
extern uint64_t step, first_delay;

/* How many interrupts land in an empty call, and its instructions. */
extern uint64_t empty_landings, empty_instructions;

/* What the machine's clock and timer are like. false: they do not count instructions. */
bool calibrate(void);

/* The call with an interrupt that long from now, whose handler acts. false: the call was
 * over by then. *late: how long it was held off. */
bool interrupted(void (*call)(void), void (*act)(void), uint64_t delay, uint64_t *late);

uint64_t instructions_of(void (*call)(void));
uint64_t mask_state(void);

#endif
