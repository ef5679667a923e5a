/* SPDX-License-Identifier: MIT */
/* QEMU reads zeros where these machines have nothing. So the memory protection unit
 * guards what must trap: the table of exceptions, which is where NULL points, and the
 * lower end of the stack. [Arm DDI 0403, B3.5] */
#include "board.h"
#include "internal.h"

#define MPU_CONTROL ((volatile uint32_t *)0xe000ed94)
#define MPU_BASE    ((volatile uint32_t *)0xe000ed9c)
#define MPU_SIZE    ((volatile uint32_t *)0xe000eda0)
#define CONTROL_ON  5u /* and what no region covers is as without it */
#define BASE_REGION 0x10u
#define NO_ACCESS   (1u << 28 | 1u) /* a region, of 2^(n + 1) bytes with n << 1 */

extern char __stacks[];

void guard_init(void)
{
    *MPU_BASE = BASE_REGION | 0;
    *MPU_SIZE = NO_ACCESS | 7u << 1;
    *MPU_BASE = (uintptr_t)__stacks | BASE_REGION | 1;
    *MPU_SIZE = NO_ACCESS | 11u << 1;
    *MPU_CONTROL = CONTROL_ON;
    __asm__ volatile("dsb\n\tisb" : : : "memory");
}
