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
    /* regions: how they come and go, and what lies in one with tags */
    {"init", state_unborn, call_init, NOT_NULL, ALONE | 1, NO_STAGE},
    {"add_region", state_region, call_add_region, NOT_NULL, ALONE | 1, NO_STAGE},
    {"add_region_full", state_region_full, call_add_region, NOT_NULL, ALONE | 1, NO_STAGE},
    {"add_region_tagged", state_tags_to_come, call_add_tagged, NOT_NULL, ALONE | 1, NO_STAGE},
    {"malloc_in", state_tags, call_malloc_in, A_BLOCK, ALONE | 1, NO_STAGE},
    {"malloc_in_none", state_tags_full, call_malloc_in, IF_ROOM, ALONE | 1, NO_STAGE},
    {"malloc_lines", state_tags_lines, call_malloc_lines, A_BLOCK, ALONE | 1, NO_STAGE},
    {"free_tagged", state_tagged_between, call_free, FREED, ALONE | 1, NO_STAGE},
    {"realloc_tagged_grows", state_tagged_grows, call_realloc, RESIZED, ALONE | 1, NO_STAGE},
    {"realloc_tagged_moves", state_tagged_moves, call_realloc, RESIZED, ALONE | 1, NO_STAGE},
    {"usable_tagged", state_tagged_between, call_usable, KEPT, ALONE | 1, NO_STAGE},
    {"region_retire", state_tags_to_go, call_retire, NOT_NULL, ALONE | 1, NO_STAGE},
    {"region_remove", state_tags_to_go, call_remove, NOT_NULL, ALONE | 1, NO_STAGE},
    {"region_remove_live", state_tags_live, call_remove_live, NOT_NULL, ALONE | 1, NO_STAGE},
    {"region_stats", state_tags, call_region_stats, NOT_NULL, ALONE | 1, NO_STAGE},
    {"walk_tagged", state_tags, call_walk, NOT_NULL, ALONE | 1, NO_STAGE},
    {"check_tagged", state_tags, call_check, NULL_ONLY, ALONE | 1, NO_STAGE},
    /* learning, release, call sites */
    {"release", state_release, call_release, NOT_NULL, ALONE | 1, NO_STAGE},
    {"release_full", state_none, call_release, ANYTHING, ALONE | 1, NO_STAGE},
    {"learn", state_warm, call_learn, NOT_NULL, ALONE | 1, NO_STAGE},
    {"tick_frozen", state_warm, call_tick, ANYTHING, ALONE | 1, NO_STAGE},
    {"tick_class", state_tick_class, call_tick, ANYTHING, ALONE | 1, NO_STAGE},
    {"tick_band", state_tick_band, call_tick, ANYTHING, ALONE | CACHED | 1, NO_STAGE},
    {"tick_round", state_tick_round, call_tick, ANYTHING, ALONE | 1, NO_STAGE},
    {"policy_export", state_tick_band, call_export, NOT_NULL, ALONE | 1, NO_STAGE},
    {"sites", state_many, call_sites, NOT_NULL, ALONE | 1, NO_STAGE},
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
