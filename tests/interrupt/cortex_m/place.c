/* SPDX-License-Identifier: MIT */
/* The core pushes a frame when it takes an interrupt: so on the way to the board's code
 * for SysTick the stack pointer is noted, by a table of exceptions that lies in RAM. */
#include "landing.h"
#include "internal.h"

#define VECTOR_TABLE ((volatile uintptr_t *)0xe000ed08)
#define SYSTICK      15
#define FRAME_PC     6

/* msr primask, r0: two halves; the register's number in the lowest bits of the first */
#define MSR_FIRST   0xf380u
#define MSR_PRIMASK 0x8810u
#define REGISTER    0xfu

static const uint32_t *volatile frame;

/* lr stays, which tells the core where to return from the interrupt. */
static __attribute__((naked)) void note_frame(void)
{
    __asm__ volatile("ldr r0, =%c0\n\t"
                     "mov r1, sp\n\t"
                     "str r1, [r0]\n\t"
                     "ldr r0, =alarm_interrupt\n\t"
                     "bx r0"
                     :
                     : "i"(&frame));
}

static vector table[EXCEPTIONS] __attribute__((aligned(128))) = {VECTORS(NULL, board_reset)};

void place_start(void)
{
    table[SYSTICK].handler = note_frame;
    *VECTOR_TABLE = (uintptr_t)table;
    __asm__ volatile("dsb\n\tisb" : : : "memory");
}

uintptr_t place_of_interrupt(void) { return frame[FRAME_PC]; }

bool place_is_behind_unmask(uintptr_t place)
{
    const uint16_t *behind = (const uint16_t *)place;
    return (behind[-2] & ~REGISTER) == MSR_FIRST && behind[-1] == MSR_PRIMASK;
}
