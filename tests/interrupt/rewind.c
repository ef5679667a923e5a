/* SPDX-License-Identifier: MIT */
/* The heap, what hak knows of it, and the test's own state, taken back to where they
 * were. So each call begins in the same state, bit for bit. */
#include "interrupt.h"

enum { PLACES = 2 };

typedef struct part {
    void *start;
    size_t bytes;
    char *copies[PLACES];
} part;

static part parts[] = {
    {&run, sizeof run, {0}}, {&pools, sizeof pools, {0}}, {&now, sizeof now, {0}}, {0}};
enum { PARTS = sizeof parts / sizeof parts[0] };

/* Eight words at a time; all parts are whole words. */
static void copy(void *to, const void *from, size_t bytes)
{
    size_t *t = to, words = bytes / sizeof *t;
    const size_t *f = from;
    for (; words >= 8; words -= 8, t += 8, f += 8) {
        size_t a = f[0], b = f[1], c = f[2], d = f[3], e = f[4], g = f[5], h = f[6], i = f[7];
        t[0] = a, t[1] = b, t[2] = c, t[3] = d, t[4] = e, t[5] = g, t[6] = h, t[7] = i;
    }
    for (; words > 0; words--)
        *t++ = *f++;
}

bool rewind_start(void *heap, size_t heap_bytes)
{
    size_t room;
    char *ram = kit_ram(0, &room), *at = (char *)heap + heap_bytes;
    parts[PARTS - 1].start = heap;
    parts[PARTS - 1].bytes = heap_bytes;
    for (unsigned i = 0; i < PARTS; i++)
        for (unsigned place = 0; place < PLACES; place++) {
            parts[i].copies[place] = at;
            at += align_up(parts[i].bytes, 64);
        }
    return (size_t)(at - ram) <= room;
}

void rewind_keep(unsigned place)
{
    for (unsigned i = 0; i < PARTS; i++)
        copy(parts[i].copies[place], parts[i].start, parts[i].bytes);
}

void rewind_to(unsigned place)
{
    for (unsigned i = 0; i < PARTS; i++)
        copy(parts[i].start, parts[i].copies[place], parts[i].bytes);
}
