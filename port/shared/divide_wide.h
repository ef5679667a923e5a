/* SPDX-License-Identifier: MIT */
/* A machine that divides and multiplies 64 bits. */
#ifndef HAK_PORT_DIVIDE_H
#define HAK_PORT_DIVIDE_H

#include <stdint.h>

static inline uint32_t hak_port_divide(uint32_t a, uint32_t b) { return a / b; }
static inline uint32_t hak_port_high(uint32_t a, uint32_t b)
{
    return (uint32_t)((uint64_t)a * b >> 32);
}
static inline uint64_t hak_port_divide_64(uint64_t a, uint64_t b) { return a / b; }

#endif
