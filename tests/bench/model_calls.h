/* SPDX-License-Identifier: MIT */
/* Included before the model test's own sources, so that its calls are measured. */
#ifndef MODEL_CALLS_H
#define MODEL_CALLS_H

#ifndef __ASSEMBLER__

#include "hak.h"

void *model_malloc(size_t size);
void *model_calloc(size_t count, size_t size);
void *model_realloc(void *block, size_t size);
void *model_aligned(size_t alignment, size_t size);
void model_free(void *block);

#define hak_malloc(size)                   model_malloc(size)
#define hak_calloc(count, size)            model_calloc(count, size)
#define hak_realloc(block, size)           model_realloc(block, size)
#define hak_aligned_alloc(alignment, size) model_aligned(alignment, size)
#define hak_free(block)                    model_free(block)

#endif
#endif
