/* SPDX-License-Identifier: MIT */
/* The PMU's event counter 0 counts retired instructions. [Arm DDI 0487, D11] */
#include "board.h"
#include "internal.h"

#define EVENT_INST_RETIRED 0x08ul
#define PMCR_RESET_AND_GO  0x47ul

/* Written and read by its own core alone, with interrupts held off. */
static struct count {
    uint64_t total;
    uint32_t last;
} counts[BOARD_CORES_MAX];

void counter_init(void)
{
    __asm__ volatile("msr pmevtyper0_el0, %0" : : "r"(EVENT_INST_RETIRED));
    __asm__ volatile("msr pmccfiltr_el0, xzr");
    __asm__ volatile("msr pmcntenset_el0, %0" : : "r"(1ul));
    __asm__ volatile("msr pmcr_el0, %0\n\tisb" : : "r"(PMCR_RESET_AND_GO));
}

/* No branch: the distance between two calls is the same each time. */
uint64_t board_instructions(void)
{
    uint64_t now;
    uint64_t mask = board_mask();
    struct count *mine = &counts[board_core()];
    __asm__ volatile("isb\n\tmrs %0, pmevcntr0_el0\n\tisb" : "=r"(now) : : "memory");
    uint64_t total = mine->total + ((uint32_t)now - mine->last);
    mine->last = (uint32_t)now;
    mine->total = total;
    board_unmask(mask);
    return total;
}
