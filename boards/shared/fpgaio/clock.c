/* SPDX-License-Identifier: MIT */
/*
 * The counter of the MPS2 boards' FPGA, 32 bits. With -icount shift=7 an instruction
 * takes 128 ns, and a tick MACHINE_TICK_NS: so many ticks tell exactly how many
 * instructions. Without it the number that they tell is wrong: then 0 is told.
 */
#include "board.h"
#include "internal.h"

#define INSTRUCTION_NS 128u

/* Written and read with interrupts held off, by one core at a time. */
static uint64_t total_ticks;
static uint32_t last_ticks;
static bool counts;

/* No branch: the distance between two calls is the same each time. */
uint64_t board_ticks(void)
{
    uint64_t mask = board_mask();
    uint32_t now = *MACHINE_COUNTER;
    uint64_t total = total_ticks + (now - last_ticks);
    last_ticks = now;
    total_ticks = total;
    board_unmask(mask);
    return total;
}

uint64_t board_ticks_per_second(void) { return MACHINE_TICKS_PER_SECOND; }

/* The clock that was read is up to a tick late. */
static uint64_t instructions(void)
{
    return (board_ticks() * MACHINE_TICK_NS + INSTRUCTION_NS / 2) / INSTRUCTION_NS;
}

void clock_init(void) { counts = clock_is_exact(instructions); }

uint64_t board_instructions(void)
{
    uint64_t count = instructions();
    return counts ? count : 0;
}
