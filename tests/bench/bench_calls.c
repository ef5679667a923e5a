/* SPDX-License-Identifier: MIT */
/*
 * What single calls cost. Arguments:
 *     what=fast|remote|random|full|span|recall|contend|cache  one after another: a+b
 *     heap=16M      and those of the scenarios, see their files
 *     nostats=1     do not ask hak for its counters, to keep QEMU's log short
 *     learn=N       on a library with LEARN=1: a step of learning each N slow calls
 */
#include "bench.h"

static const struct scenario {
    const char *name;
    void (*run)(void);
} scenarios[] = {{"fast", bench_fast},       {"remote", bench_remote}, {"random", bench_random},
                 {"full", bench_full},       {"span", bench_span},     {"recall", bench_recall},
                 {"contend", bench_contend}, {"cache", bench_cache}};

enum { SCENARIOS = sizeof scenarios / sizeof scenarios[0] };

/* Not in every library. */
__attribute__((weak)) void hak_tick_each(size_t slow_calls);

static bool start_learning(void)
{
    size_t each = kit_argument_number("learn", 0);
    if (each == 0)
        return true;
    if (hak_tick_each == NULL)
        return false;
    hak_learn(HAK_LEARN, 1);
    hak_tick_each(each);
    return true;
}

/* The scenario that the text begins with; NULL: none. */
static const struct scenario *named(const char *text)
{
    for (unsigned i = 0; i < SCENARIOS; i++) {
        const char *name = scenarios[i].name;
        unsigned n = 0;
        while (name[n] != 0 && name[n] == text[n])
            n++;
        if (name[n] == 0 && (text[n] == 0 || text[n] == '+'))
            return &scenarios[i];
    }
    return NULL;
}

/* At the same distance from a multiple of 64 KiB, the largest page, whatever the image
 * takes: which extent serves a call depends on it, and so do the worst calls of a run. */
static void *heap_of(size_t bytes)
{
    enum { PAGE = 64 << 10 };
    size_t room;
    char *ram = kit_ram(0, &room);
    size_t skip = ((size_t)kit_argument_number("behind", 56 << 10) - (uintptr_t)ram) % PAGE;
    return ram != NULL && skip + bytes <= room ? ram + skip : NULL;
}

int kit_main(void)
{
    size_t bytes = kit_argument_number("heap", 16 << 20);
    const char *what = kit_argument("what");
    void *heap = heap_of(bytes);
    if (heap == NULL || hak_init(heap, bytes) != HAK_OK || !start_learning())
        return 2;
    bench_start();
    for (what = what == NULL ? "random+fast" : what; *what != 0;) {
        const struct scenario *s = named(what);
        if (s == NULL) {
            kit_print("bench: no scenario %s\n", what);
            return 2;
        }
        s->run();
        while (*what != 0 && *what++ != '+')
            continue;
    }
    bench_end();
    return bench_check();
}
