/* SPDX-License-Identifier: MIT */
/* What kit.c asks of the machine beside kit.h: kit_host.c or kit_board.c has it. */
#ifndef KIT_MACHINE_H
#define KIT_MACHINE_H

#include <stddef.h>

/* Text to the console, in one piece. */
void kit_write(const char *text, size_t bytes);

/* The n-th argument "NAME=value", from 0; NULL behind the last. */
const char *kit_machine_argument(unsigned n);

#endif
