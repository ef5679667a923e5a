/* SPDX-License-Identifier: MIT */
/* Where the machine has its virtio devices. */
#ifndef VIRTIO_H
#define VIRTIO_H

enum { VIRTIO_FIRST = 0x10001000, VIRTIO_STRIDE = 0x1000, VIRTIO_COUNT = 8 };

/* What was written before is seen by a device before what is written, or read, behind. */
static inline void virtio_barrier(void) { __asm__ volatile("fence iorw, iorw" : : : "memory"); }

#endif
