/* SPDX-License-Identifier: MIT */
/* kit_print's formatter: what stands behind it, and what its test calls. */
#ifndef KIT_FORMAT_H
#define KIT_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* Where formatted text goes; called with at least one byte at a time. */
typedef struct kit_sink {
    void (*put)(struct kit_sink *sink, const char *text, size_t bytes);
} kit_sink;

void kit_format(kit_sink *sink, const char *format, va_list arguments);

#endif
