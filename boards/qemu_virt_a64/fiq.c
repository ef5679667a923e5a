/* SPDX-License-Identifier: MIT */
/* The timer as an FIQ: group 0 of the GIC. A file of its own, so that programs without
 * it run as they did. [Arm IHI 0069] */
#include "board.h"
#include "internal.h"

#define GICD_CTLR    0x08000000u
#define GICR_IGROUPR 0x080b0080u /* of core 0 */
#define GICR_STRIDE  0x20000u
#define NO_INTERRUPT 1020u

static volatile uint32_t *reg(unsigned address) { return (volatile uint32_t *)(uintptr_t)address; }

void board_timer_above_mask(void)
{
    *reg(GICR_IGROUPR + board_core() * GICR_STRIDE) &= ~(1u << GIC_TIMER);
    *reg(GICD_CTLR) |= 1u;                                          /* group 0 */
    __asm__ volatile("msr S3_0_C12_C12_6, %0\n\tisb" : : "r"(1ul)); /* ICC_IGRPEN0_EL1 */
    __asm__ volatile("msr daifclr, #1" : : : "memory");
}

/* Off and done before it is served: the handler may take interrupts. */
void board_fiq(void)
{
    uint64_t interrupt;
    __asm__ volatile("mrs %0, S3_0_C12_C8_0\n\tdsb sy" : "=r"(interrupt) : : "memory"); /* IAR0 */
    __asm__ volatile("msr cntv_ctl_el0, xzr\n\tisb" : : : "memory");
    if (interrupt < NO_INTERRUPT) /* EOIR0 */
        __asm__ volatile("msr S3_0_C12_C8_1, %0\n\tisb" : : "r"(interrupt) : "memory");
    if (interrupt == GIC_TIMER)
        timer_interrupt();
}
