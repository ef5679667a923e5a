/* SPDX-License-Identifier: MIT */
/* Does a heap whose free memory was overwritten still serve?
 *   serve=4000   random operations each time */
#include "misuse.h"

enum { BLOCKS = 512, SIZES_LOG2 = 15 };

/* A bit for each granule of the heap that some live block covers. */
static uint64_t taken[MISUSE_HEAP / HAK_GRANULE / 64];

/* Set (or clear) the block's bits. false: they were not all clear (or set). */
static bool claim(const char *block, size_t bytes, bool set)
{
    bool fits = block >= misuse_heap && block < misuse_heap + MISUSE_HEAP &&
                bytes <= (size_t)(misuse_heap + MISUSE_HEAP - block);
    if (!fits)
        return false;
    size_t g = (size_t)(block - misuse_heap) / HAK_GRANULE, end = g + bytes / HAK_GRANULE;
    for (; g < end; g++) {
        uint64_t bit = (uint64_t)1 << g % 64;
        if (((taken[g / 64] & bit) != 0) == set)
            return false;
        taken[g / 64] ^= bit;
    }
    return true;
}

static bool one(char **block, size_t *bytes, uint64_t random)
{
    if (*block != NULL) {
        HOLDS(hak_usable_size(*block) == *bytes && claim(*block, *bytes, false));
        hak_free(*block);
        *block = NULL;
        return true;
    }
    size_t size = (size_t)(random >> 20) & (((size_t)1 << (random >> 60) % SIZES_LOG2) - 1);
    *block = hak_malloc(size);
    if (*block == NULL)
        return true;
    *bytes = hak_usable_size(*block);
    HOLDS((uintptr_t)*block % HAK_GRANULE == 0 && *bytes >= size && *bytes != 0);
    HOLDS(claim(*block, *bytes, true));
    /* Write all over it: a map or a list in its memory would suffer. */
    for (size_t i = 0; i < *bytes; i++)
        (*block)[i] = (char)random;
    return true;
}

static int claim_block(const hak_block *block, void *context)
{
    (void)context;
    return block->kind == HAK_BLOCK_LIVE && !claim(block->address, block->size_bytes, true);
}

static int count_block(const hak_block *block, void *context)
{
    (void)block;
    ++*(size_t *)context;
    return 0;
}

bool misuse_heap_serves(uint64_t seed)
{
    static char *block[BLOCKS];
    static size_t bytes[BLOCKS];
    size_t shown = 0;
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        taken[i] = 0;
    HOLDS(hak_walk(claim_block, NULL) == 0);
    for (uint64_t left = kit_argument_number("serve", 4000); left != 0; left--) {
        uint64_t random = kit_random(&seed);
        unsigned k = (unsigned)(random >> 8) % BLOCKS;
        HOLDS(one(&block[k], &bytes[k], random));
    }
    hak_check(); /* it may complain, but must come back */
    HOLDS(hak_walk(count_block, &shown) == 0 && shown < MISUSE_HEAP / HAK_GRANULE);
    for (unsigned k = 0; k < BLOCKS; k++)
        HOLDS(block[k] == NULL || one(&block[k], &bytes[k], 0));
    return true;
}
