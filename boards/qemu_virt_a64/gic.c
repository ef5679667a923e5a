/* SPDX-License-Identifier: MIT */
/* GICv3: one security state, all in group 1, affinity routing. [Arm IHI 0069] */
#include "board.h"
#include "internal.h"

#define GICD            0x08000000u
#define GICD_CTLR       0x0000u
#define GICR            0x080a0000u
#define GICR_STRIDE     0x20000u
#define GICR_TYPER      0x0008u
#define GICR_WAKER      0x0014u
#define GICR_IGROUPR0   0x10080u
#define GICR_ISENABLER0 0x10100u
#define WAKER_SLEEP     (1u << 1)
#define WAKER_ASLEEP    (1u << 2)
#define CTLR_GROUP_1    (1u << 1)
#define CTLR_AFFINITY   (1u << 4)
#define NO_INTERRUPT    1020u /* from here on: nothing to serve */

static volatile uint32_t *reg(unsigned base, unsigned offset)
{
    return (volatile uint32_t *)(uintptr_t)(base + offset);
}

void gic_init_distributor(void) { *reg(GICD, GICD_CTLR) = CTLR_AFFINITY | CTLR_GROUP_1; }

/* The redistributors lie in the order of the cores. */
void gic_init_core(unsigned core)
{
    unsigned base = GICR + core * GICR_STRIDE;
    if (*reg(base, GICR_TYPER + 4) != core)
        board_panic("gic: redistributor of another core\n");
    *reg(base, GICR_WAKER) &= ~WAKER_SLEEP;
    while (*reg(base, GICR_WAKER) & WAKER_ASLEEP)
        board_relax();
    *reg(base, GICR_IGROUPR0) = UINT32_MAX;
    *reg(base, GICR_ISENABLER0) = (1u << GIC_WAKE) | (1u << GIC_TIMER);
    __asm__ volatile("msr S3_0_C12_C12_5, %0\n\tisb" : : "r"(1ul)); /* ICC_SRE_EL1 */
    __asm__ volatile("msr S3_0_C4_C6_0, %0" : : "r"(0xfful));       /* ICC_PMR_EL1 */
    __asm__ volatile("msr S3_0_C12_C12_7, %0\n\tisb" : : "r"(1ul)); /* ICC_IGRPEN1_EL1 */
}

unsigned gic_take(void)
{
    uint64_t interrupt;
    __asm__ volatile("mrs %0, S3_0_C12_C12_0\n\tdsb sy" : "=r"(interrupt) : : "memory"); /* IAR1 */
    return (unsigned)interrupt & 0xffffff;
}

void gic_done(unsigned interrupt)
{
    if (interrupt < NO_INTERRUPT)
        __asm__ volatile("msr S3_0_C12_C12_1, %0\n\tisb" : : "r"((uint64_t)interrupt) : "memory");
}

/* What was stored before is seen by the core that wakes: dsb, then ICC_SGI1R_EL1. */
void gic_wake(unsigned core)
{
    uint64_t target = (UINT64_C(1) << core) | ((uint64_t)GIC_WAKE << 24);
    __asm__ volatile("dsb ishst\n\tmsr S3_0_C12_C11_5, %0\n\tisb" : : "r"(target) : "memory");
}
