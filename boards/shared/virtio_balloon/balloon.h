/* SPDX-License-Identifier: MIT */
/*
 * The memory balloon of a virtual machine: pages that are free here are reported to
 * the host, which takes them until they are touched again. QEMU has one with
 *
 *   -global virtio-mmio.force-legacy=false
 *   -device virtio-balloon-device,free-page-reporting=on
 *
 * [OASIS, Virtual I/O Device (VIRTIO) 1.2: 2.7 split virtqueues, 4.2 MMIO,
 * 5.5 memory balloon]
 */
#ifndef BALLOON_H
#define BALLOON_H

#include <stddef.h>

enum { BALLOON_PAGE = 4096 };

/* Find the device and make it ready. NULL: done; else what is wrong. */
const char *balloon_start(void);

/* The whole pages in [start, start + bytes), less than 4 GiB, are free: their contents are lost,
 * and they are zero when next touched. Returns once the host has done so; the bytes of those pages,
 * 0 before balloon_start(). One core at a time; any context. */
size_t balloon_report(void *start, size_t bytes);

#endif
