/* SPDX-License-Identifier: MIT */
/*
 * Cortex-M0, M0+, M1: one core, no instruction that changes memory in one step, none
 * that counts zeros, none that divides, none with a product of more than 32 bits.
 * What takes more than a few instructions without them is a function (bits.c).
 */
#ifndef HAK_PORT_ARCH_H
#define HAK_PORT_ARCH_H

#include "../shared/cortex_m.h"

#define HAK_PORT_ONE_CORE 1

static inline unsigned hak_port_core(void) { return 0; }

static inline hak_mask hak_port_mask(void) { return hak_port_primask(); }
static inline void hak_port_unmask(hak_mask state) { hak_port_set_primask(state); }

unsigned hak_port_clz(uint32_t w);
static inline unsigned hak_port_ctz(uint32_t w) { return 31u - hak_port_clz(w & (0 - w)); }
static inline unsigned hak_port_zeros(uint32_t w) { return hak_port_clz(w); }

uint32_t hak_port_divide(uint32_t a, uint32_t b);
uint32_t hak_port_high(uint32_t a, uint32_t b);
uint64_t hak_port_divide_64(uint64_t a, uint64_t b);

#include "../shared/rmw_masked.h"

#endif
