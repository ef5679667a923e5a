/* SPDX-License-Identifier: MIT */
/* The contents of a block: words made from a key and their place. */
#ifndef REPLAY_CONTENTS_H
#define REPLAY_CONTENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A key from a number; different numbers give different contents. */
#define REPLAY_KEY(number) (((uint64_t)(number) + 1) * UINT64_C(0x9e3779b97f4a7c15))

void replay_fill(void *block, size_t from, size_t to, uint64_t key);
bool replay_verify(const void *block, size_t bytes, uint64_t key);
bool replay_all_zero(const void *block, size_t bytes);

#endif
