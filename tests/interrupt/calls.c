/* SPDX-License-Identifier: MIT */
/* The public calls, on what the state left in `now`. */
#include "inside.h"
#include "scenes.h"

void call_init(void)
{
    now.result = hak_init(inside_heap, inside_heap_bytes) == HAK_OK ? &now : NULL;
}
void call_malloc(void) { now.result = hak_malloc_at(now.bytes, big_site); }
void call_calloc(void) { now.result = hak_calloc(now.bytes / 4, 4); }
void call_aligned(void) { now.result = hak_aligned_alloc(now.alignment, now.bytes); }
void call_realloc(void) { now.result = hak_realloc_at(now.subject.start, now.bytes, big_site); }
void call_free(void)
{
    hak_free(now.subject.start);
    now.result = &now;
}
void call_usable(void)
{
    now.result = hak_usable_size(now.subject.start) >= now.subject.bytes ? &now : NULL;
}
void call_idle(void) { hak_core_idle(); }
void call_check(void) { now.result = hak_check(); }

/* No figure may be wild, such as a difference of two that do not belong together. */
void call_stats(void)
{
    hak_stats s;
    hak_stats_get(&s);
    const size_t *figures = (const size_t *)(const void *)&s;
    bool sane = true;
    for (size_t i = 0; i < sizeof s / sizeof *figures; i++)
        sane &= figures[i] < (size_t)1 << 30;
    now.result = sane ? &now : NULL;
}

static int look(const hak_block *block, void *context)
{
    (void)context;
    return block->size_bytes == 0;
}
void call_walk(void) { now.result = hak_walk(look, NULL) == 0 ? &now : NULL; }

/* Frees the subject if it is shown: the visitor may. */
static int look_and_free(const hak_block *block, void *context)
{
    if (block->kind == HAK_BLOCK_LIVE && block->address == now.subject.start) {
        hak_free(block->address);
        *(const void **)context = &now;
    }
    return 0;
}
void call_walk_free(void) { hak_walk(look_and_free, &now.result); }
