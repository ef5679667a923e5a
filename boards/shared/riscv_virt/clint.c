/* SPDX-License-Identifier: MIT */
/* The core-local interruptor: one software interrupt and one timer for each hart.
 * [RISC-V ACLINT specification, 1.0] */
#include "board.h"
#include "internal.h"

#define CLINT_WAKE    ((volatile uint32_t *)0x02000000) /* [hart] */
#define CLINT_COMPARE ((volatile uint32_t *)0x02004000) /* [hart]: lower, upper half */
#define CLINT_TIME    ((volatile uint32_t *)0x0200bff8)

void clint_wake(unsigned core) { CLINT_WAKE[core] = 1; }
void clint_woken(void) { CLINT_WAKE[board_core()] = 0; }

/* A hart's compare register keeps what is written to it. */
unsigned clint_harts(void)
{
    unsigned count = 0;
    while (count < BOARD_CORES_MAX) {
        CLINT_COMPARE[2 * count + 1] = UINT32_MAX;
        if (CLINT_COMPARE[2 * count + 1] != UINT32_MAX)
            break;
        count++;
    }
    return count;
}

/*
 * With -icount QEMU runs the harts one after another, each until the next timer is due.
 * `pause` does not end a hart's slice, and if no timer is armed, a slice is 2^31
 * instructions. WFI does end it; it ends itself on an interrupt that is pending
 * and masked, which is the software interrupt that the hart sends itself. A
 * wake-up that is cleared here is not missed: who sleeps looks before it does.
 */
void board_relax(void)
{
    uint64_t state = board_mask();
    if (counter_is_exact()) {
        clint_wake(board_core());
        __asm__ volatile("wfi" : : : "memory");
        clint_woken();
    } else {
        __asm__ volatile(".4byte 0x0100000f" : : : "memory"); /* pause */
    }
    board_unmask(state);
}

/* By halves, of which no pair is reached before its time. */
void clint_set_timer(uint64_t ticks)
{
    volatile uint32_t *compare = &CLINT_COMPARE[2 * board_core()];
    compare[1] = UINT32_MAX;
    compare[0] = (uint32_t)ticks;
    compare[1] = (uint32_t)(ticks >> 32);
}

uint64_t board_ticks(void)
{
    uint32_t upper, lower;
    do {
        upper = CLINT_TIME[1];
        lower = CLINT_TIME[0];
    } while (upper != CLINT_TIME[1]);
    return (uint64_t)upper << 32 | lower;
}

uint64_t board_ticks_per_second(void) { return 10000000; } /* QEMU's */
