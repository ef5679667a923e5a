/* SPDX-License-Identifier: MIT */
/* Every public call, warm and cold. */
#include "scenes.h"

#define STAGE(figure) offsetof(hak_stats, figure)
#define NO_STAGE      offsetof(hak_stats, heap_bytes)

const scene scenes[] = {
    /* malloc: the core's own page */
    {"malloc_warm", state_warm, call_malloc, A_BLOCK, 1, STAGE(malloc_pool)},
    {"malloc_last_block", state_last_block, call_malloc, A_BLOCK, 1, STAGE(malloc_pool)},
    {"malloc_drain", state_drain, call_malloc, A_BLOCK, 2, STAGE(refill_drain)},
    /* refills */
    {"malloc_leave", state_leave, call_malloc, A_BLOCK, 1, STAGE(malloc_run)},
    {"malloc_leave_adopt", state_leave_adopt, call_malloc, A_BLOCK, 1, STAGE(refill_adopt)},
    {"malloc_adopt", state_adopt, call_malloc, A_BLOCK, 1, STAGE(refill_adopt)},
    {"malloc_adopt_idle", state_adopt_idle, call_malloc, A_BLOCK, 2, STAGE(refill_adopt)},
    {"malloc_birth", state_birth, call_malloc, A_BLOCK, 1, STAGE(refill_birth)},
    {"malloc_first", state_first, call_malloc, A_BLOCK, 1, STAGE(malloc_run)},
    {"malloc_wake", state_wake, call_malloc, A_BLOCK, 1, STAGE(malloc_pool)},
    /* the run layer, the reuse cache */
    {"malloc_large", state_large, call_malloc, A_BLOCK, 1, STAGE(malloc_run)},
    {"malloc_hole", state_hole, call_malloc, A_BLOCK, 1, STAGE(malloc_run)},
    {"malloc_hit", state_hit, call_malloc, A_BLOCK, CACHED | 1, STAGE(malloc_cache)},
    {"malloc_miss", state_miss, call_malloc, A_BLOCK, CACHED | 1, STAGE(cache_misses)},
    {"malloc_later_region", state_later_malloc, call_malloc, A_BLOCK, 1, STAGE(malloc_run)},
    /* recalls */
    {"malloc_recall_page", state_recall_page, call_malloc, IF_ROOM, 1, STAGE(pages_retired)},
    {"malloc_recall_cache", state_recall_cache, call_malloc, IF_ROOM, CACHED | 1,
     STAGE(cache_evictions)},
    {"malloc_recall_idle", state_recall_idle, call_malloc, IF_ROOM, 2, STAGE(pages_retired)},
    {"malloc_none", state_none, call_malloc, IF_ROOM, 1, STAGE(failures)},
    {"malloc_small_none", state_small_none, call_malloc, IF_ROOM, 1, STAGE(failures)},
    /* relatives of malloc */
    {"calloc_warm", state_warm, call_calloc, ZEROED, 1, STAGE(malloc_pool)},
    {"calloc_large", state_hole, call_calloc, ZEROED, 1, STAGE(malloc_run)},
    {"aligned_warm", state_aligned, call_aligned, A_BLOCK, 1, STAGE(malloc_run)},
    {"aligned_hole", state_aligned_hole, call_aligned, A_BLOCK, 1, STAGE(malloc_run)},
    {"aligned_none", state_none, call_aligned, IF_ROOM, 1, STAGE(failures)},
    /* realloc: in place, moved */
    {"realloc_page", state_page_stays, call_realloc, RESIZED, 1, NO_STAGE},
    {"realloc_page_moves", state_page_moves, call_realloc, RESIZED, 1, STAGE(free_local)},
    {"realloc_page_to_run", state_page_to_run, call_realloc, RESIZED, 1, STAGE(free_local)},
    {"realloc_grows", state_grows, call_realloc, RESIZED, 1, NO_STAGE},
    {"realloc_shrinks", state_shrinks, call_realloc, RESIZED, 1, NO_STAGE},
    {"realloc_run_moves", state_run_moves, call_realloc, RESIZED, 1, STAGE(free_run)},
    {"realloc_noted_shrinks", state_noted_shrinks, call_realloc, RESIZED, CACHED | 1, NO_STAGE},
    {"realloc_noted_moves", state_noted_moves, call_realloc, RESIZED, CACHED | 1,
     STAGE(malloc_cache)},
    {"realloc_null", state_warm, call_realloc, A_BLOCK, 1, STAGE(malloc_pool)},
    {"realloc_full", state_realloc_full, call_realloc, RESIZED_IF_ROOM, 1, STAGE(recalls)},
    {"realloc_bad", state_bad, call_realloc, REPORTED, 1, STAGE(faults)},
    /* free: local */
    {"free_local", state_free_local, call_free, FREED, 1, STAGE(free_local)},
    {"free_last_but_one", state_free_last_but_one, call_free, FREED, 1, STAGE(free_local)},
    {"free_last", state_free_last, call_free, FREED, 1, STAGE(retained_pages)},
    {"free_death", state_free_death, call_free, FREED, CACHED | 1, STAGE(pages_retired)},
    {"free_idle", state_free_idle, call_free, FREED, 1, STAGE(free_remote)},
    /* nobody's pages, and another core's */
    {"free_left_first", state_left_first, call_free, FREED, 1, STAGE(free_remote)},
    {"free_left", state_left, call_free, FREED, 1, STAGE(free_remote)},
    {"free_left_last", state_left_last, call_free, FREED, 1, STAGE(free_remote)},
    {"free_left_dies", state_left_dies, call_free, FREED, 1, STAGE(pages_retired)},
    {"free_owned", state_owned, call_free, FREED, 2, STAGE(free_remote)},
    {"free_owned_last", state_owned_last, call_free, FREED, 2, STAGE(free_remote)},
    {"free_owner_idle", state_owner_idle, call_free, FREED, 2, STAGE(free_remote)},
    /* the run layer */
    {"free_alone", state_free_alone, call_free, FREED, 1, STAGE(free_run)},
    {"free_behind_free", state_free_behind, call_free, FREED, 1, STAGE(free_run)},
    {"free_before_free", state_free_before, call_free, FREED, 1, STAGE(free_run)},
    {"free_between_free", state_free_between, call_free, FREED, 1, STAGE(free_run)},
    /* in the second region */
    {"free_later_page", state_later_page, call_free, FREED, 1, STAGE(free_local)},
    {"free_later_run", state_later_run, call_free, FREED, 1, STAGE(free_run)},
    {"free_bad", state_bad, call_free, REPORTED, 1, STAGE(faults)},
    /* noted by the reuse cache */
    {"free_put", state_put, call_free, FREED, CACHED | 1, STAGE(free_cache)},
    {"free_seat", state_seat, call_free, FREED, CACHED | 1, STAGE(free_cache)},
    {"free_evicts", state_evicts, call_free, FREED, CACHED | 1, STAGE(cache_evictions)},
    {"free_noted_full", state_noted_full, call_free, FREED, CACHED | 1, STAGE(free_run)},
    /* the others */
    {"usable_page", state_usable_page, call_usable, KEPT, 1, NO_STAGE},
    {"usable_run", state_usable_run, call_usable, KEPT, 1, NO_STAGE},
    {"usable_noted", state_usable_noted, call_usable, KEPT, CACHED | 1, NO_STAGE},
    {"core_idle", state_warm, call_idle, ANYTHING, 1, NO_STAGE},
    {"stats", state_many, call_stats, NOT_NULL, 1, NO_STAGE},
    {"check", state_many, call_check, NULL_ONLY, 1, NO_STAGE},
    {"walk", state_many, call_walk, NOT_NULL, 1, NO_STAGE},
    {"walk_free", state_walk_free, call_walk_free, FREED, 1, STAGE(free_local)},
};
const unsigned scene_count = sizeof scenes / sizeof scenes[0];
