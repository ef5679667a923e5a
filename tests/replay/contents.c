/* SPDX-License-Identifier: MIT */
#include "contents.h"

static uint64_t word_at(uint64_t key, size_t word)
{
    return key ^ (word * UINT64_C(0x100000001b3));
}

static uint8_t byte_at(uint64_t key, size_t byte)
{
    return (uint8_t)(word_at(key, byte / 8) >> (byte % 8 * 8));
}

void replay_fill(void *block, size_t from, size_t to, uint64_t key)
{
    uint8_t *bytes = block;
    uint64_t *words = block; /* blocks are aligned to the granule */
    size_t i = from;

    for (; i < to && i % 8 != 0; i++)
        bytes[i] = byte_at(key, i);
    for (; i + 8 <= to; i += 8)
        words[i / 8] = word_at(key, i / 8);
    for (; i < to; i++)
        bytes[i] = byte_at(key, i);
}

bool replay_verify(const void *block, size_t size, uint64_t key)
{
    const uint8_t *bytes = block;
    const uint64_t *words = block;
    uint64_t difference = 0;
    size_t i = 0;

    for (; i + 8 <= size; i += 8)
        difference |= words[i / 8] ^ word_at(key, i / 8);
    for (; i < size; i++)
        difference |= bytes[i] ^ (uint64_t)byte_at(key, i);
    return difference == 0;
}

bool replay_all_zero(const void *block, size_t size)
{
    const uint8_t *bytes = block;
    uint8_t any = 0;

    for (size_t i = 0; i < size; i++)
        any |= bytes[i];
    return any == 0;
}
