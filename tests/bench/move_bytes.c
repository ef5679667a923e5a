/* SPDX-License-Identifier: MIT */
#include "move.h"
#include "count.h"
#include "hak.h"

uint64_t bench_moved, bench_outside, bench_outside_zero;

__attribute__((noinline)) void hak_port_copy(void *to, const void *from, size_t bytes)
{
    uint32_t start = count_read();
    for (size_t i = 0; i < bytes; i++)
        ((volatile unsigned char *)to)[i] = ((const volatile unsigned char *)from)[i];
    bench_moved += count_read() - start + bench_outside;
}

__attribute__((noinline)) void hak_port_zero(void *to, size_t bytes)
{
    uint32_t start = count_read();
    for (size_t i = 0; i < bytes; i++)
        ((volatile unsigned char *)to)[i] = 0;
    bench_moved += count_read() - start + bench_outside_zero;
}
