/* SPDX-License-Identifier: MIT */
/* What GCC calls for the atomics of C11 on a core that has no instruction for them,
 * for programs on a board with one core. hak itself must not need them. */
#include "board.h"

#include <stdbool.h>

#define OPERATION(name, type, result)                                                              \
    type name(volatile void *at, type value, int order);                                           \
    type name(volatile void *at, type value, int order)                                            \
    {                                                                                              \
        volatile type *word = at;                                                                  \
        (void)order;                                                                               \
        uint64_t mask = board_mask();                                                              \
        type before = *word;                                                                       \
        *word = (type)(result);                                                                    \
        board_unmask(mask);                                                                        \
        return before;                                                                             \
    }

#define COMPARE(name, type)                                                                        \
    bool name(volatile void *at, void *expected, type value, bool weak, int order, int failure);   \
    bool name(volatile void *at, void *expected, type value, bool weak, int order, int failure)    \
    {                                                                                              \
        volatile type *word = at;                                                                  \
        type *wanted = expected;                                                                   \
        (void)weak, (void)order, (void)failure;                                                    \
        uint64_t mask = board_mask();                                                              \
        type before = *word;                                                                       \
        bool same = before == *wanted;                                                             \
        if (same)                                                                                  \
            *word = value;                                                                         \
        board_unmask(mask);                                                                        \
        *wanted = before;                                                                          \
        return same;                                                                               \
    }

OPERATION(__atomic_exchange_1, uint8_t, value)
OPERATION(__atomic_exchange_4, unsigned, value)
OPERATION(__atomic_fetch_add_4, unsigned, before + value)
OPERATION(__atomic_fetch_sub_4, unsigned, before - value)
OPERATION(__atomic_fetch_and_4, unsigned, before &value)
OPERATION(__atomic_fetch_or_4, unsigned, before | value)
OPERATION(__atomic_fetch_xor_4, unsigned, before ^ value)
COMPARE(__atomic_compare_exchange_1, uint8_t)
COMPARE(__atomic_compare_exchange_4, unsigned)

bool __atomic_test_and_set(volatile void *at, int order);
bool __atomic_test_and_set(volatile void *at, int order)
{
    return __atomic_exchange_1(at, 1, order) != 0;
}
