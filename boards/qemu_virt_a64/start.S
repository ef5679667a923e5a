/* SPDX-License-Identifier: MIT */
/*
 * The first instructions of each core. Until mmu_on there is no C: with the
 * MMU off, memory is Device memory and an access that is not aligned traps.
 *
 * The stack of core n fills slot n of __stacks; the lowest page of a slot is
 * not mapped (mmu.S), so that an overflow traps and harms nobody.
 */
    .section .text.start, "ax"

    .global _start
_start:
    mrs     x0, CurrentEL
    cmp     x0, #4              /* EL1 */
    b.ne    wrong_level
    bl      core_setup
    ldr     x0, =__bss_start
    ldr     x1, =__bss_end
1:  cmp     x0, x1
    b.hs    2f
    stp     xzr, xzr, [x0], #16
    b       1b
2:  bl      mmu_on
    b       board_first_main

    .global board_core_entry
board_core_entry:
    bl      core_setup
    bl      mmu_on
    b       board_core_main

/* Stack and vectors. FP stays off: code that uses it traps. */
core_setup:
    mrs     x0, mpidr_el1
    and     x0, x0, #0xff
    ldr     x1, =__stacks
    ldr     x2, =__stack_slot
    madd    x1, x0, x2, x1
    add     sp, x1, x2
    ldr     x1, =board_vectors
    msr     vbar_el1, x1
    mov     x29, xzr
    ret

/* Semihosting SYS_EXIT with the status of a panic. */
wrong_level:
    ldr     x1, =1f
    mov     w0, #0x18
    hlt     #0xf000
    b       .
    .balign 8
1:  .quad   0x20026, 70
