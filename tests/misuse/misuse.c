/* SPDX-License-Identifier: MIT */
#include "misuse.h"

#include <stdatomic.h>

char *misuse_heap;

/* What the hook was told, since it was last asked about. */
static struct {
    size_t count;
    unsigned kinds; /* a bit each */
    hak_fault kind;
    const void *pointer;
    const void *call_site;
} last;

static size_t all_faults;
static atomic_flag busy;

void (*misuse_hook)(void);

/* On any core, and on several at once. */
void hak_port_fault(hak_fault kind, const void *pointer, const void *call_site)
{
    while (atomic_flag_test_and_set_explicit(&busy, memory_order_acquire))
        kit_relax();
    last.count++;
    last.kinds |= 1u << kind;
    last.kind = kind;
    last.pointer = pointer;
    last.call_site = call_site;
    all_faults++;
    atomic_flag_clear_explicit(&busy, memory_order_release);
    if (misuse_hook != NULL)
        misuse_hook();
}

bool misuse_only(hak_fault kind, hak_fault or_kind)
{
    HOLDS((last.kinds & ~(1u << kind | 1u << or_kind)) == 0);
    last.count = 0;
    last.kinds = 0;
    return true;
}

bool misuse_start(void)
{
    size_t bytes;
    misuse_heap = kit_ram(MISUSE_HEAP, &bytes);
    HOLDS(misuse_heap != NULL && hak_init(misuse_heap, MISUSE_HEAP) == HAK_OK);
    return true;
}

bool misuse_page_blocks(char **block, unsigned count)
{
    enum { MOST = 4000 };
    hak_stats stats;
    unsigned in_page = 0;
    for (unsigned i = 0; i < MOST && in_page < count; i++) {
        hak_stats_get(&stats);
        size_t before = stats.malloc_pool;
        char *p = hak_malloc(IN_PAGE);
        HOLDS(p != NULL);
        hak_stats_get(&stats);
        if (stats.malloc_pool != before)
            block[in_page++] = p;
    }
    HOLDS(in_page == count);
    return true;
}

/* The calls, each in a function of its own, so that the call site is known. */
static __attribute__((noinline)) void call_free(void *p)
{
    hak_free(p);
    __asm__ volatile("" ::: "memory"); /* no tail call */
}
static __attribute__((noinline)) void *call_realloc(void *p, size_t size)
{
    void *result = hak_realloc(p, size);
    __asm__ volatile("" : "+r"(result)::"memory");
    return result;
}
static __attribute__((noinline)) size_t call_usable_size(void *p)
{
    size_t result = hak_usable_size(p);
    __asm__ volatile("" : "+r"(result)::"memory");
    return result;
}

/* A call site lies in the function if it lies close behind its start. */
static bool lies_in(const void *call_site, uintptr_t function)
{
    enum { FUNCTION_BYTES = 400 };
    return (uintptr_t)call_site - function - 1 < FUNCTION_BYTES;
}

static bool reported(const void *p, hak_fault kind, hak_fault or_kind, uintptr_t function)
{
    hak_stats stats;
    if (last.count == 1 && last.kind != kind && last.kind != or_kind)
        kit_print("reported: %s\n", hak_fault_text(last.kind));
    HOLDS(last.count == 1 && (last.kind == kind || last.kind == or_kind));
    HOLDS(last.pointer == p);
    HOLDS(lies_in(last.call_site, function));
    last.count = 0;
    last.kinds = 0;
    hak_stats_get(&stats);
    HOLDS(stats.faults == all_faults);
    const char *broken = hak_check();
    if (broken != NULL)
        kit_print("hak_check: %s\n", broken);
    HOLDS(broken == NULL);
    return true;
}

bool misuse_silent(void)
{
    HOLDS(last.count == 0);
    HOLDS(hak_check() == NULL);
    return true;
}

/* The blocks and bytes that are live, which a bad call must not change. */
static hak_stats live(void)
{
    hak_stats stats;
    hak_stats_get(&stats);
    return stats;
}

bool misuse_free(void *p, hak_fault kind, hak_fault or_kind)
{
    hak_stats before = live();
    HOLDS(last.count == 0);
    call_free(p);
    HOLDS(reported(p, kind, or_kind, (uintptr_t)call_free));
    HOLDS(live().live_blocks == before.live_blocks && live().live_bytes == before.live_bytes);
    return true;
}

bool misuse_realloc(void *p, size_t size, hak_fault kind, hak_fault or_kind)
{
    hak_stats before = live();
    HOLDS(last.count == 0);
    HOLDS(call_realloc(p, size) == NULL);
    HOLDS(reported(p, kind, or_kind, (uintptr_t)call_realloc));
    HOLDS(live().live_blocks == before.live_blocks && live().live_bytes == before.live_bytes);
    return true;
}

bool misuse_usable_size(void *p, hak_fault kind, hak_fault or_kind)
{
    HOLDS(last.count == 0);
    HOLDS(call_usable_size(p) == 0);
    return reported(p, kind, or_kind, (uintptr_t)call_usable_size);
}

bool misuse_every_call(void *p, hak_fault kind, hak_fault or_kind)
{
    static const size_t sizes[] = {0, 1, 40, 64, 65, 1000, 50000, MISUSE_HEAP};
    HOLDS(misuse_free(p, kind, or_kind));
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        HOLDS(misuse_realloc(p, sizes[i], kind, or_kind));
    return misuse_usable_size(p, kind, or_kind);
}

bool misuse_size(void *(*call)(void), const void *p, hak_fault kind)
{
    hak_stats before = live();
    HOLDS(last.count == 0);
    HOLDS(call() == NULL);
    HOLDS(reported(p, kind, kind, (uintptr_t)call));
    HOLDS(live().live_blocks == before.live_blocks && live().live_bytes == before.live_bytes);
    return true;
}

int kit_main(void)
{
    if (!misuse_without_heap && !misuse_start())
        return 1;
    return kit_run_cases(misuse_cases, misuse_count);
}
