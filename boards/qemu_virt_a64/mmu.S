/* SPDX-License-Identifier: MIT */
/*
 * One identity map for all cores, constant: no code builds it.
 *   0x00000000  nothing, so that NULL traps; but the GIC, the UART and virtio
 *   0x40000000  RAM, 16 GiB of it whether there or not
 *   and in the 2 MiB with the stacks, the lowest page of each slot is missing
 */
#define NORMAL      0x701 /* block: write-back, inner shareable, accessed */
#define NORMAL_PAGE 0x703
#define DEVICE      0x60000000000405 /* block: nGnRE, never executed */
#define TABLE       3

#define STACK_SLOTS      16
#define PAGES_PER_SLOT   16
#define STACKS           0x40200000

    .section .rodata.mmu, "a"
    .balign 4096
    .global mmu_tables
mmu_tables:
level_1:                        /* 1 GiB each */
    .quad   level_2_devices + TABLE
    .quad   level_2_ram + TABLE
    .set    at, 2
    .rept   15
    .quad   (at << 30) + NORMAL
    .set    at, at + 1
    .endr
    .fill   512 - 17, 8, 0

level_2_devices:                /* 2 MiB each; 0x08000000 to 0x0a1fffff */
    .fill   64, 8, 0
    .set    at, 64
    .rept   17
    .quad   (at << 21) + DEVICE
    .set    at, at + 1
    .endr
    .fill   512 - 81, 8, 0

level_2_ram:                    /* 2 MiB each; the second holds the stacks */
    .quad   0x40000000 + NORMAL
    .quad   level_3_stacks + TABLE
    .set    at, 2
    .rept   510
    .quad   0x40000000 + (at << 21) + NORMAL
    .set    at, at + 1
    .endr

level_3_stacks:                 /* 4 KiB each */
    .set    at, 0
    .rept   STACK_SLOTS
    .quad   0
    .set    at, at + 1
    .rept   PAGES_PER_SLOT - 1
    .quad   STACKS + (at << 12) + NORMAL_PAGE
    .set    at, at + 1
    .endr
    .endr
    .rept   512 - STACK_SLOTS * PAGES_PER_SLOT
    .quad   STACKS + (at << 12) + NORMAL_PAGE
    .set    at, at + 1
    .endr

/* MMU and caches on, on this core. Attribute 0 is normal memory, 1 device;
 * 39 address bits, 4 KiB pages, walks through the cache, 40 bits physical. */
    .section .text.mmu_on, "ax"
    .global mmu_on
mmu_on:
    mov     x0, #0x04ff
    msr     mair_el1, x0
    ldr     x0, =0x200803519
    msr     tcr_el1, x0
    ldr     x0, =mmu_tables
    msr     ttbr0_el1, x0
    isb
    tlbi    vmalle1
    ic      iallu
    dsb     sy
    isb
    ldr     x0, =0x30d0180d     /* M, C, I, stack alignment, and what must be 1 */
    msr     sctlr_el1, x0
    isb
    ret
