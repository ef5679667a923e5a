/* SPDX-License-Identifier: MIT */
/*
 * What the files of the preload share. LD_PRELOAD=build/host-64/libhak_preload.so
 * puts a whole Linux program on hak: exports.c is the malloc family, heap.c gets
 * memory for hak, thread.c gives threads cores, fork.c keeps fork() whole,
 * report.c prints.
 *
 * In the environment:
 *   HAK_STATS=1 or a path   at exit, a table to standard error or the file's end
 *   HAK_FAULTS=abort|quiet  a bad call aborts, or says nothing (default: a line
 *                           to standard error)
 *   HAK_FIRST=n[K|M|G]      bytes of the first region
 */
#ifndef HAK_PRELOAD_H
#define HAK_PRELOAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hak.h"
#include "port_arch.h"

#define EXPORT __attribute__((visibility("default")))

/* --- heap.c --- */

/* A request for memory, in one of four forms: a block to resize; else zeroed
 * bytes; else an alignment; else a plain block. */
typedef struct preload_request {
    void *old;
    size_t alignment; /* 0: none */
    size_t size;
    bool zeroed;
} preload_request;

/* Serve a request that hak refused: add regions and try again. NULL and ENOMEM
 * when no region can be had. */
void *heap_serve(const preload_request *request);

/* Make the first region, if there is none yet. */
void heap_start(void);

/* Requests that got NULL, and regions so far. */
size_t heap_refusals(void);
size_t heap_released(void); /* bytes whose pages the kernel got back, each time counted */
unsigned heap_regions(void);

/* Count a request that got NULL; sets errno to ENOMEM. */
void heap_refuse(void);

/* Around fork(). */
void heap_fork_prepare(void);
void heap_fork_parent(void);
void heap_fork_child(void);

/* --- thread.c --- */

/* At the start of a call, by a thread without a core: take one if there is any;
 * else wait for the turn of those who have none. true: it is this one's turn. */
bool thread_without_core(void);
void thread_end_turn(void);

/* Calls so far of threads that had no core. */
size_t thread_turns(void);

/* Around every call of hak's. At most cores + 1 threads are inside, so that the
 * run layer's fair lock never waits for a long line of sleepers. */
static inline bool thread_begin(void)
{
    return __builtin_expect(hak_host_core_plus_1 == 0, 0) && thread_without_core();
}
static inline void thread_end(bool turn)
{
    if (__builtin_expect(turn, 0))
        thread_end_turn();
}

void thread_fork_child(void);

/* After so many frees of a thread, some free extents go back to the kernel. */
enum { FREES_BETWEEN_RELEASES = 4096, ITEMS_PER_RELEASE = 256 };
extern _Thread_local unsigned thread_frees;
static inline void thread_freed(void)
{
    if (__builtin_expect(++thread_frees % FREES_BETWEEN_RELEASES == 0, 0))
        hak_release(ITEMS_PER_RELEASE);
}

/* Bad calls that this thread made. */
extern _Thread_local unsigned thread_faults;

/* --- fork.c --- */

/* Register the handlers; once hak has memory, before anyone else can have any. */
void fork_register(void);

/* --- report.c --- */

void report_start(void);

/* The table, to file descriptor `to`. */
void report_print(int to);

/* Bytes that libc's own allocator has got from the system: 0 proves that no
 * request ever reached it. */
size_t report_libc_bytes(void);

#endif
