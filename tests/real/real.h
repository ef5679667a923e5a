/* SPDX-License-Identifier: MIT */
/* For the programs that run under the preload: checks, random numbers, blocks
 * with a pattern. Each program prints what went wrong and ends with status 1. */
#ifndef REAL_H
#define REAL_H

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition);              \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

/* Xorshift, Marsaglia 2003. */
static inline uint32_t random_next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Mostly small, sometimes up to 64 KiB. */
static inline size_t random_size(uint32_t *state)
{
    uint32_t n = random_next(state);
    return 1 + ((n >> 8) & ((16u << (n % 13)) - 1));
}

/* A block that knows its size, and is full of a pattern made of it. */
typedef struct real_block {
    size_t bytes; /* behind this head */
    unsigned char byte[];
} real_block;

static inline real_block *block_new(size_t bytes)
{
    real_block *b = malloc(sizeof *b + bytes);
    CHECK(b != NULL && (uintptr_t)b % 16 == 0);
    b->bytes = bytes;
    memset(b->byte, (int)(bytes % 251), bytes);
    return b;
}

static inline int block_whole(const real_block *b)
{
    unsigned char want = (unsigned char)(b->bytes % 251);
    return b->byte[0] == want && b->byte[b->bytes - 1] == want && b->byte[b->bytes / 2] == want;
}

static inline void block_free(real_block *b)
{
    CHECK(block_whole(b));
    b->bytes = 0;
    free(b);
}

/* Bytes of this process in RAM. */
static inline size_t resident_bytes(void)
{
    size_t all = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file != NULL && fscanf(file, "%zu %zu", &all, &resident) == 2);
    fclose(file);
    return resident * (size_t)getpagesize();
}

#endif
