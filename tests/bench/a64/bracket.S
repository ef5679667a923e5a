/* SPDX-License-Identifier: MIT */
/*
 * uint64_t bench_bracket(call, a, b, c, void **result): the difference of the
 * instruction counter around call(a, b, c). Between the two reads are the call
 * itself, all that it does, and an `isb` on either side.
 *
 * tests/bench/exec_log.py finds the start and end of calls in QEMU's log by
 * bench_enter and bench_leave, and the group of the calls that follow by which
 * word behind bench_marks was called.
 */
    .section .text.bench_bracket, "ax"
    .globl bench_bracket, bench_enter, bench_leave, bench_marks, bench_marks_end
    .type bench_bracket, %function

bench_bracket:
    stp     x29, x30, [sp, #-48]!
    stp     x19, x20, [sp, #16]
    str     x21, [sp, #32]
    mov     x19, x4
    mov     x16, x0
    mov     x0, x1
    mov     x1, x2
    mov     x2, x3
    mrs     x20, pmevcntr0_el0
    isb
bench_enter:
    blr     x16
bench_leave:
    isb
    mrs     x21, pmevcntr0_el0
    str     x0, [x19]
    sub     w0, w21, w20
    ldr     x21, [sp, #32]
    ldp     x19, x20, [sp, #16]
    ldp     x29, x30, [sp], #48
    ret

    .type bench_marks, %function
bench_marks:
    .rept 32
    ret
    .endr
bench_marks_end:
