/* SPDX-License-Identifier: MIT */
/* Power State Coordination Interface, by HVC as QEMU offers it at EL1. */
#include "internal.h"

#define PSCI_CPU_ON        0xc4000003u
#define PSCI_AFFINITY_INFO 0xc4000004u

static long psci(uint64_t function, uint64_t argument_1, uint64_t argument_2)
{
    register uint64_t x0 __asm__("x0") = function;
    register uint64_t x1 __asm__("x1") = argument_1;
    register uint64_t x2 __asm__("x2") = argument_2;
    register uint64_t x3 __asm__("x3") = 0;
    __asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "memory");
    return (long)x0;
}

/* Aff1 to Aff3 are 0 for the cores that this board uses. */
long psci_cpu_on(unsigned core, void (*entry)(void))
{
    return psci(PSCI_CPU_ON, core, (uintptr_t)entry);
}

long psci_affinity_info(unsigned core) { return psci(PSCI_AFFINITY_INFO, core, 0); }
