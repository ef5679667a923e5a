/* SPDX-License-Identifier: MIT */
/* The second core's table of exceptions, its start, and the interrupt that wakes.
 * [Arm, CoreLink SSE-200 Subsystem TRM: system control, message handling unit] */
#include "wake.h"
#include "board.h"
#include "internal.h"

#define VECTORS_OF_SECOND ((volatile uint32_t *)0x50021114) /* INITSVTOR1 */
#define CORES_WAIT        ((volatile uint32_t *)0x50021118) /* CPUWAIT */
#define INTERRUPT_ENABLE  ((volatile uint32_t *)0xe000e100)

/* Message handling unit 0: for each core what is set, and registers to set and clear. */
#define MESSAGES ((volatile uint32_t(*)[4])0x50003000)
enum { MESSAGE_IS, MESSAGE_SET, MESSAGE_CLEAR };

extern char __stacks_end[];

#define DEVICES                                                                                    \
    VECTOR_FAULTS, { .handler = wake_interrupt }

/* Behind those of core 0 in start.c. */
const vector board_device_vectors[WAKE_INTERRUPT + 1]
    __attribute__((section(".vectors.devices"), used)) = {DEVICES};

static const vector second_vectors[EXCEPTIONS + WAKE_INTERRUPT + 1]
    __attribute__((aligned(128))) = {VECTORS(__stacks_end, board_core_main), DEVICES};

void wake_init(void) { *INTERRUPT_ENABLE = 1u << WAKE_INTERRUPT; }

/* What was stored before is seen by the core that wakes. */
void wake_core(unsigned core)
{
    __asm__ volatile("dsb" : : : "memory");
    MESSAGES[core][MESSAGE_SET] = 1;
}

void wake_interrupt(void) { MESSAGES[board_core()][MESSAGE_CLEAR] = 1; }

void wake_start_second(void)
{
    *VECTORS_OF_SECOND = (uintptr_t)second_vectors;
    __asm__ volatile("dsb" : : : "memory");
    *CORES_WAIT = 0;
}
