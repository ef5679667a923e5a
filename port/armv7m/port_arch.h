/* SPDX-License-Identifier: MIT */
/*
 * Cortex-M3, M4 and M7: one core; LDREX and STREX, clz, division.
 *
 * Interrupts are masked by PRIMASK, all of them. Built with -DHAK_M_BASEPRI=n they
 * are masked by BASEPRI: those of a priority number of n or more, in the form of the
 * register (the upper bits of a byte). The handlers of the others must not call hak.
 */
#ifndef HAK_PORT_ARCH_H
#define HAK_PORT_ARCH_H

#include "../shared/bits_clz.h"
#include "../shared/cortex_m.h"
#include "../shared/divide.h"
#include "../shared/rmw_c11.h"

#define HAK_PORT_ONE_CORE 1

#ifndef HAK_M_BASEPRI
#define HAK_M_BASEPRI 0
#endif
_Static_assert(HAK_M_BASEPRI >= 0 && HAK_M_BASEPRI <= 0xff, "HAK_M_BASEPRI: a byte");

static inline unsigned hak_port_core(void) { return 0; }

/* BASEPRI_MAX only ever masks more: who has a stricter mask keeps it. */
static inline hak_mask hak_port_basepri(void)
{
    hak_mask state;
    __asm__ volatile("mrs %0, basepri\n\tmsr basepri_max, %1\n\tisb"
                     : "=&r"(state)
                     : "r"(HAK_M_BASEPRI)
                     : "memory");
    return state;
}

static inline void hak_port_set_basepri(hak_mask state)
{
    __asm__ volatile("msr basepri, %0" : : "r"(state) : "memory");
}

static inline hak_mask hak_port_mask(void)
{
    return HAK_M_BASEPRI != 0 ? hak_port_basepri() : hak_port_primask();
}

static inline void hak_port_unmask(hak_mask state)
{
    if (HAK_M_BASEPRI != 0)
        hak_port_set_basepri(state);
    else
        hak_port_set_primask(state);
}

#endif
