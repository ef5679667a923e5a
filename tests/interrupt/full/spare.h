/* SPDX-License-Identifier: MIT */
/* Memory behind the two regions, which a call or a state hands over. */
#ifndef SPARE_H
#define SPARE_H

#include "interrupt.h"

enum { SPARE_BYTES = 24 << 10 };
extern char *spare_start;

#endif
