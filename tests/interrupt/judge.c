/* SPDX-License-Identifier: MIT */
/* Scenes: how a call begins, and what must have become of it. */
#include "judge.h"
#include "inside.h"
#include "landing.h"

sizes size_of;
scene_state now;
HAK_SITE_DEFINE(the_site, "interrupt: a block that the cache keeps");
const hak_site *const big_site = &the_site;

const char *volatile complaint;

void complain(const char *text)
{
    if (complaint == NULL)
        complaint = text;
}

static bool is_zero(const void *block, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (((const volatile char *)block)[i] != 0)
            return false;
    return true;
}

static void judge_block(expectation expects)
{
    void *block = (void *)(uintptr_t)now.result;
    if (block == NULL && (expects != IF_ROOM || !now.full)) {
        complain("the call returned NULL");
    } else if (block != NULL) {
        if (expects == ZEROED && !is_zero(block, now.bytes))
            complain("calloc's block is not zero");
        if (now.alignment != 0 && (uintptr_t)block % now.alignment != 0 && expects != IF_ROOM)
            complain("the block is not aligned as asked for");
        book_add(block, now.bytes);
    }
}

static void judge_resized(expectation expects)
{
    book_block moved = now.subject;
    if (now.result == NULL) {
        if (expects != RESIZED_IF_ROOM)
            complain("realloc returned NULL");
        book_return(now.subject);
        return;
    }
    moved.start = (unsigned char *)(uintptr_t)now.result;
    if (!book_holds(moved, now.bytes < moved.bytes ? now.bytes : moved.bytes))
        complain("realloc lost the contents");
    book_add(moved.start, now.bytes);
}

void judge_result(expectation expects)
{
    if (expects <= IF_ROOM)
        judge_block(expects);
    else if (expects <= RESIZED_IF_ROOM)
        judge_resized(expects);
    else if (expects == KEPT)
        book_return(now.subject);
    if (expects == NULL_ONLY ? now.result != NULL
                             : expects >= FREED && expects <= NOT_NULL && now.result == NULL)
        complain(expects == NULL_ONLY ? now.result : "the call did not do its work");
}

void report(hak_fault kind, const void *pointer)
{
    if (now.in_handler)
        now.reported_in_handler++;
    else
        now.reported++;
    if (pointer != now.bad)
        complain(hak_fault_text(kind));
}

void judge(expectation expects)
{
    if (now.reported != (expects == REPORTED) || now.reported_in_handler != now.misused)
        complain("a bad call was not reported, or more than once");
    if (inside_faults() - now.faults_before != now.reported + now.misused)
        complain("the count of reports is wrong");
    judge_result(expects);
    book_verify();
    book_free_all();
    book_verify();
}

void prepare(const scene *s)
{
    rewind_to(0);
    s->prepare();
    book_verify();
    if (now.subject_number != BOOK_NONE)
        now.subject = book_take(now.subject_number);
    rewind_keep(1);
}

static size_t figure(const scene *s)
{
    hak_stats stats;
    hak_stats_get(&stats);
    return *(const size_t *)(const void *)((const char *)&stats + s->stage);
}

void go_back(void)
{
    rewind_to(1);
    now.faults_before = inside_faults();
}

uint64_t undisturbed(const scene *s)
{
    go_back();
    size_t before = figure(s);
    uint64_t instructions = instructions_of(s->call);
    if (s->stage != 0 && figure(s) == before)
        complain("the call does not go where the scene says");
    judge(s->expects);
    go_back();
    if (instructions_of(s->call) != instructions)
        complain("the heap was not rewound to the same state");
    return instructions;
}

bool is_named(const char *argument, const char *name)
{
    const char *wanted = kit_argument(argument);
    while (wanted != NULL && *wanted != 0 && *wanted == *name) {
        wanted++;
        name++;
    }
    return wanted == NULL || *wanted == *name;
}

bool can_play(const scene *s)
{
    return kit_cores() >= (s->needs & CORES) && ((s->needs & CACHED) == 0 || size_of.cached != 0);
}

bool start(void)
{
    size_t room, pool_bytes;
    char *heap = kit_ram(0, &room), *end = NULL;
    if (heap != NULL && rewind_keep_unborn())
        end = inside_start(heap, room);
    if (end == NULL || !rewind_start(heap, (size_t)(end - heap), room))
        return false;
    pool_bytes = inside_pool_bytes();
    size_of.large = pool_bytes > 500 ? pool_bytes + 100 : 600;
    size_of.cached = inside_cached_bytes();
    now.in_page = now.in_other_page = now.in_run = now.noted = now.in_spare = now.subject_number =
        BOOK_NONE;
    now.seed = 1;
    return true;
}
