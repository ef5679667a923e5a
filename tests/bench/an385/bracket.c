/* SPDX-License-Identifier: MIT */
/* As tests/bench/a64/bracket.S has it; what the readings take more is the same each time. */
#include "bench.h"

uint64_t bench_bracket(uintptr_t call, uintptr_t a, uintptr_t b, uintptr_t c, void **result)
{
    void *(*function)(uintptr_t, uintptr_t, uintptr_t) =
        (void *(*)(uintptr_t, uintptr_t, uintptr_t))call;
    uint64_t start = kit_instructions();
    void *returned = function(a, b, c);
    uint64_t spent = kit_instructions() - start;
    *result = returned;
    return spent;
}
