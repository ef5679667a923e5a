/* SPDX-License-Identifier: MIT */
/* The heap, what hak knows of it, and the test's own state, taken back to where they
 * were. So each call begins in the same state, bit for bit. */
#include "interrupt.h"

/* The library's static storage, as the linker's script has it: whole words. */
extern char __hak_data_start[], __hak_data_end[], __hak_bss_start[], __hak_bss_end[];

enum { COPIES = 2, MOST = 4 };

static struct part {
    void *start;
    size_t bytes;
    char *copies[COPIES];
} parts[MOST];
static unsigned parts_used;

/* Eight words at a time. */
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

/* With room for its copies from `at` on; where that ends. */
static uintptr_t add_part(void *start, size_t bytes, uintptr_t at)
{
    struct part *p = &parts[parts_used++];
    p->start = start;
    p->bytes = bytes;
    for (unsigned place = 0; place < COPIES; place++) {
        p->copies[place] = (char *)at;
        at += align_up(bytes, 64);
    }
    return at;
}

bool rewind_start(char *heap, size_t heap_bytes, size_t room)
{
    uintptr_t at = align_up((uintptr_t)heap + heap_bytes, 64);
    at = add_part(__hak_data_start, (size_t)(__hak_data_end - __hak_data_start), at);
    at = add_part(__hak_bss_start, (size_t)(__hak_bss_end - __hak_bss_start), at);
    at = add_part(&now, sizeof now, at);
    at = add_part(heap, heap_bytes, at);
    return at - (uintptr_t)heap <= room;
}

void rewind_keep(unsigned place)
{
    for (unsigned i = 0; i < parts_used; i++)
        copy(parts[i].copies[place], parts[i].start, parts[i].bytes);
}

void rewind_to(unsigned place)
{
    for (unsigned i = 0; i < parts_used; i++)
        copy(parts[i].start, parts[i].copies[place], parts[i].bytes);
}

/* Of .bss all is 0. */
static _Alignas(size_t) char unborn[1024];

bool rewind_keep_unborn(void)
{
    size_t bytes = (size_t)(__hak_data_end - __hak_data_start);
    if (bytes <= sizeof unborn)
        copy(unborn, __hak_data_start, bytes);
    return bytes <= sizeof unborn;
}

void rewind_unborn(void)
{
    copy(__hak_data_start, unborn, (size_t)(__hak_data_end - __hak_data_start));
    for (char *at = __hak_bss_start; at != __hak_bss_end; at++)
        *at = 0;
}
