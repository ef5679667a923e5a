/* SPDX-License-Identifier: MIT */
/*
 * uint64_t bench_bracket(call, a, b, c, void **result): the difference of the
 * instruction counter around call(a, b, c), as tests/bench/a64/bracket.S has it.
 * Every word behind bench_marks is an instruction of four bytes.
 */
    .section .text.bench_bracket, "ax"
    .globl bench_bracket, bench_enter, bench_leave, bench_marks, bench_marks_end
    .type bench_bracket, %function
    .option norvc

bench_bracket:
    addi    sp, sp, -32
    sd      ra, 0(sp)
    sd      s0, 8(sp)
    sd      s1, 16(sp)
    mv      s0, a4
    mv      t0, a0
    mv      a0, a1
    mv      a1, a2
    mv      a2, a3
    csrr    s1, minstret
bench_enter:
    jalr    t0
bench_leave:
    csrr    t1, minstret
    sd      a0, 0(s0)
    sub     a0, t1, s1
    ld      ra, 0(sp)
    ld      s0, 8(sp)
    ld      s1, 16(sp)
    addi    sp, sp, 32
    ret

    .type bench_marks, %function
bench_marks:
    .rept 32
    ret
    .endr
bench_marks_end:
