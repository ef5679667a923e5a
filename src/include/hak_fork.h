/* SPDX-License-Identifier: MIT */
/*
 * For systems where a program with several threads (each a core of hak's) can
 * copy itself with fork(). The copy has only the thread that forked; the others
 * vanish from it wherever they stood, inside hak or not. Register these three
 * with pthread_atfork(), before any other handler that allocates, so that
 * prepare comes last of all and parent and child come first.
 */
#ifndef HAK_FORK_H
#define HAK_FORK_H

#ifdef __cplusplus
extern "C" {
#endif

/* In the thread that will fork: takes the run layer's lock. No call of hak's by
 * this thread between this one and one of the next two. */
void hak_fork_prepare(void);

/* In the parent: gives the lock back. */
void hak_fork_parent(void);

/*
 * In the child: finishes what the vanished threads had begun, makes all cores
 * but this thread's idle, and gives the lock back. The blocks that the others
 * held stay live; each of them leaves at most one more behind, which it had
 * taken but not handed to its caller. Its length grows with the heap's.
 */
void hak_fork_child(void);

#ifdef __cplusplus
}
#endif

#endif
