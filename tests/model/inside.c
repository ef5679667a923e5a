/* SPDX-License-Identifier: MIT */
#include "inside.h"
#include "pool.h"

unsigned inside_classes(void) { return pools.class_count; }

size_t inside_class_bytes(unsigned index) { return pools.classes[index].stride; }

size_t inside_header_bytes(void) { return 0; }
size_t inside_aligned_bytes(void) { return 0; }
size_t inside_columns(void) { return BIN_COLUMNS; }

size_t inside_pages_of_a_core(void)
{
    size_t bytes = 0;
    for (unsigned i = 0; i < pools.class_count; i++)
        bytes += (size_t)pools.classes[i].units << UNIT_SHIFT;
    return bytes;
}

/* The bits behind a page's last block say nothing. */
static hak_word free_blocks(const hak_slot *slot, const hak_class *c)
{
    return (word_get(&slot->free) | word_get(slot->freed)) & c->full;
}

static bool may_use(unsigned core, unsigned owner)
{
    return core == owner || ((pools.idle >> owner) & 1) != 0;
}

size_t inside_empty_pages(unsigned core)
{
    size_t count = 0;
    for (unsigned owner = 0; owner < HAK_CORES; owner++)
        for (unsigned i = 0; i < pools.class_count && may_use(core, owner); i++) {
            const hak_slot *slot = pool_slot(owner, i);
            const hak_class *c = &pools.classes[i];
            count += slot->used_bytes != 0 && free_blocks(slot, c) == c->full;
        }
    return count;
}

bool inside_has_free_block(unsigned core, size_t size)
{
    if (size - 1 >= pools.limit_bytes)
        return false;
    unsigned index = pools.kind_of[(size - 1) >> GRANULE_SHIFT] - 1u;
    if (pool_listed(index + 1).maps != NULL)
        return true;
    for (unsigned owner = 0; owner < HAK_CORES; owner++) {
        const hak_slot *slot = pool_slot(owner, index);
        if (may_use(core, owner) && slot->used_bytes != 0 &&
            free_blocks(slot, &pools.classes[index]) != 0)
            return true;
    }
    return false;
}
