/* SPDX-License-Identifier: MIT */
#include "width.h"
/* Every exception and interrupt: save what a C function may change, call
 * board_trap(mcause, mepc, mtval, ra), go back. */
#define FRAME (20 * WIDTH) /* a multiple of 16 */

    .section .text.traps, "ax"
    .balign 4
    .global board_traps
board_traps:
    addi    sp, sp, -FRAME
    STORE   ra, 0 * WIDTH(sp)
    STORE   t0, 1 * WIDTH(sp)
    STORE   t1, 2 * WIDTH(sp)
    STORE   t2, 3 * WIDTH(sp)
    STORE   t3, 4 * WIDTH(sp)
    STORE   t4, 5 * WIDTH(sp)
    STORE   t5, 6 * WIDTH(sp)
    STORE   t6, 7 * WIDTH(sp)
    STORE   a0, 8 * WIDTH(sp)
    STORE   a1, 9 * WIDTH(sp)
    STORE   a2, 10 * WIDTH(sp)
    STORE   a3, 11 * WIDTH(sp)
    STORE   a4, 12 * WIDTH(sp)
    STORE   a5, 13 * WIDTH(sp)
    STORE   a6, 14 * WIDTH(sp)
    STORE   a7, 15 * WIDTH(sp)
    csrr    a0, mcause
    csrr    a1, mepc
    csrr    a2, mtval
    mv      a3, ra
    STORE   a1, 16 * WIDTH(sp)
    call    board_trap
    LOAD    a1, 16 * WIDTH(sp)
    csrw    mepc, a1
    LOAD    ra, 0 * WIDTH(sp)
    LOAD    t0, 1 * WIDTH(sp)
    LOAD    t1, 2 * WIDTH(sp)
    LOAD    t2, 3 * WIDTH(sp)
    LOAD    t3, 4 * WIDTH(sp)
    LOAD    t4, 5 * WIDTH(sp)
    LOAD    t5, 6 * WIDTH(sp)
    LOAD    t6, 7 * WIDTH(sp)
    LOAD    a0, 8 * WIDTH(sp)
    LOAD    a1, 9 * WIDTH(sp)
    LOAD    a2, 10 * WIDTH(sp)
    LOAD    a3, 11 * WIDTH(sp)
    LOAD    a4, 12 * WIDTH(sp)
    LOAD    a5, 13 * WIDTH(sp)
    LOAD    a6, 14 * WIDTH(sp)
    LOAD    a7, 15 * WIDTH(sp)
    addi    sp, sp, FRAME
    mret
