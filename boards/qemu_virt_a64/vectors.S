/* SPDX-License-Identifier: MIT */
/*
 * Exceptions. IRQ and FIQ from EL1 are served and return; everything else is reported
 * on a stack of its own (the old one may be what went wrong) and ends the run.
 */
    .macro  unexpected kind
    .balign 128
    mov     x0, #\kind
    b       report
    .endm

    .section .text.vectors, "ax"
    .balign 2048
    .global board_vectors
board_vectors:
    unexpected 0
    unexpected 1
    unexpected 2
    unexpected 3
    unexpected 4                /* synchronous, from EL1 */
    .balign 128
    b       irq                 /* 5: IRQ, from EL1 */
    .balign 128
    b       fiq                 /* 6: FIQ, from EL1 */
    unexpected 7                /* SError, from EL1 */
    unexpected 8
    unexpected 9
    unexpected 10
    unexpected 11
    unexpected 12
    unexpected 13
    unexpected 14
    unexpected 15

report:
    mov     x1, x30
    mrs     x2, mpidr_el1
    and     x2, x2, #15
    add     x2, x2, #1
    ldr     x3, =report_stacks
    add     x3, x3, x2, lsl #10
    mov     sp, x3
    b       board_exception

/* What a C function may change, and what a nested exception would. */
    .macro  interrupt serve
    sub     sp, sp, #192
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x29, [sp, #144]
    mrs     x0, elr_el1
    mrs     x1, spsr_el1
    stp     x30, x0, [sp, #160]
    str     x1, [sp, #176]
    bl      \serve
    ldr     x1, [sp, #176]
    ldp     x30, x0, [sp, #160]
    msr     spsr_el1, x1
    msr     elr_el1, x0
    ldp     x18, x29, [sp, #144]
    ldp     x16, x17, [sp, #128]
    ldp     x14, x15, [sp, #112]
    ldp     x12, x13, [sp, #96]
    ldp     x10, x11, [sp, #80]
    ldp     x8, x9, [sp, #64]
    ldp     x6, x7, [sp, #48]
    ldp     x4, x5, [sp, #32]
    ldp     x2, x3, [sp, #16]
    ldp     x0, x1, [sp, #0]
    add     sp, sp, #192
    eret
    .endm

irq:
    interrupt board_irq
fiq:
    interrupt board_fiq

    .section .bss.report_stacks, "aw", %nobits
    .balign 16
report_stacks:
    .space  16 * 1024
