/* SPDX-License-Identifier: MIT */
/* One function for each four bytes, see bench_mark(). */
    .syntax unified
    .thumb
    .section .text.bench_marks, "ax"
    .balign 4
    .globl bench_marks
    .type bench_marks, %function
    .thumb_func
bench_marks:
    .rept 32
    bx      lr
    nop
    .endr
