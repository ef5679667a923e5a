/* SPDX-License-Identifier: MIT */
#include "width.h"
/*
 * The first instructions of each hart. The stack of hart n fills slot n of
 * __stacks. Hart 0 clears .bss and says so; the others wait for that.
 */
    .section .entry, "ax"

    .global _start
_start:
    csrw    mie, zero
    la      t0, board_traps
    csrw    mtvec, t0
    csrr    a0, mhartid
    li      t0, 8               /* BOARD_CORES_MAX */
    bgeu    a0, t0, park
    la      t0, __stacks
    la      t1, __stack_slot
    addi    t2, a0, 1
    mul     t1, t1, t2
    add     sp, t0, t1
    la      t0, board_ready
    bnez    a0, wait

    la      t1, __bss_start
    la      t2, __bss_end
1:  bgeu    t1, t2, 2f
    STORE   zero, 0(t1)
    addi    t1, t1, WIDTH
    j       1b
2:  fence   rw, w
    li      t1, 1
    sw      t1, 0(t0)
    tail    board_first_main

wait:
    .4byte  0x0100000f          /* pause */
    lw      t1, 0(t0)
    beqz    t1, wait
    fence   r, rw
    tail    board_core_main

park:
    wfi
    j       park

    .section .data.board_ready, "aw"
    .balign 4
board_ready:
    .word   0
