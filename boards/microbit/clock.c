/* SPDX-License-Identifier: MIT */
/*
 * TIMER0 of the nRF51, 32 bits at 16 MHz. With -icount shift=7 an instruction takes
 * 2.048 ticks, and the ticks between two captures are right but for less than one:
 * to the nearest instruction they tell exactly how many. QEMU loses half a nanosecond
 * in some captures, so that sums of ticks would not. [nRF51 Series Reference Manual]
 */
#include "board.h"
#include "internal.h"

#define TIMER(offset)    ((volatile uint32_t *)(0x40008000 + (offset)))
#define TIMER_START      TIMER(0x000)
#define TIMER_CAPTURE    TIMER(0x040)
#define TIMER_CAPTURED   TIMER(0x540)
#define TIMER_BITS       TIMER(0x508)
#define TIMER_PRESCALER  TIMER(0x510)
#define BITS_32          3u
#define TICKS_PER_SECOND 16000000u

/* Written and read with interrupts held off. */
static uint64_t total_ticks, total_instructions;
static uint32_t last_ticks;
static bool counts;

/* 125 instructions are 256 ticks. No branch: the distance between two calls is the
 * same each time. */
static void capture(void)
{
    *TIMER_CAPTURE = 1;
    uint32_t now = *TIMER_CAPTURED, ticks = now - last_ticks;
    last_ticks = now;
    total_ticks += ticks;
    total_instructions += ((uint64_t)ticks * 125 + 128) >> 8;
}

uint64_t board_ticks(void)
{
    uint64_t mask = board_mask();
    capture();
    uint64_t ticks = total_ticks;
    board_unmask(mask);
    return ticks;
}

uint64_t board_ticks_per_second(void) { return TICKS_PER_SECOND; }

static uint64_t instructions(void)
{
    uint64_t mask = board_mask();
    capture();
    uint64_t count = total_instructions;
    board_unmask(mask);
    return count;
}

void clock_init(void)
{
    *TIMER_PRESCALER = 0;
    *TIMER_BITS = BITS_32;
    *TIMER_START = 1;
    counts = clock_is_exact(instructions);
}

uint64_t board_instructions(void)
{
    uint64_t count = instructions();
    return counts ? count : 0;
}
