/* SPDX-License-Identifier: MIT */
/* Where the machine has its virtio devices. */
#ifndef VIRTIO_H
#define VIRTIO_H

enum { VIRTIO_FIRST = 0x0a000000, VIRTIO_STRIDE = 0x200, VIRTIO_COUNT = 32 };

/* What was written before is seen by a device before what is written, or read, behind. */
static inline void virtio_barrier(void) { __asm__ volatile("dmb osh" : : : "memory"); }

#endif
