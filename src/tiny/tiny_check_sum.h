/* SPDX-License-Identifier: MIT */
/* What hak_check() of both kinds does about the sum of the free extents. */
#ifndef HAK_TINY_CHECK_SUM_H
#define HAK_TINY_CHECK_SUM_H

#include <stdbool.h>
#include <stddef.h>

typedef const char *complaint; /* NULL: whole */

/* The kind's own: looks at each extent; whether the free ones add up, as far as can be
 * told when interrupts change the heap in between. */
static complaint check_extents(bool *adds_up);

/* An interrupt that took as much as it gave spoils a sum unseen; not so each time. */
static complaint check_sum(void)
{
    enum { TURNS = 8 };
    bool adds_up = false;
    complaint broken = NULL;
    for (unsigned turn = 0; turn < TURNS && !adds_up && broken == NULL; turn++)
        broken = check_extents(&adds_up);
    return broken != NULL || adds_up ? broken : "the free extents add up";
}

#endif
