/* SPDX-License-Identifier: MIT */
#include "format.h"

#include <stdbool.h>
#include <stdint.h>

/* One conversion, taken apart: %[-][0][width][l|ll|z]letter */
struct conversion {
    bool left;
    bool zeros;
    unsigned width;
    enum { SIZE_INT, SIZE_LONG, SIZE_LONG_LONG, SIZE_Z } size;
    char letter;
};

static const char *read_conversion(const char *at, struct conversion *c)
{
    *c = (struct conversion){0};
    for (; *at == '-' || *at == '0'; at++) {
        c->left |= *at == '-';
        c->zeros |= *at == '0';
    }
    for (; *at >= '0' && *at <= '9'; at++)
        c->width = c->width * 10 + (unsigned)(*at - '0');
    if (*at == 'z') {
        c->size = SIZE_Z;
        at++;
    } else if (at[0] == 'l' && at[1] == 'l') {
        c->size = SIZE_LONG_LONG;
        at += 2;
    } else if (*at == 'l') {
        c->size = SIZE_LONG;
        at++;
    }
    c->letter = *at;
    return *at == 0 ? at : at + 1;
}

static void pad(kit_sink *sink, char with, size_t taken, unsigned width)
{
    for (size_t i = taken; i < width; i++)
        sink->put(sink, &with, 1);
}

static void put_text(kit_sink *sink, const struct conversion *c, const char *text, size_t length)
{
    if (!c->left)
        pad(sink, ' ', length, c->width);
    if (length != 0)
        sink->put(sink, text, length);
    if (c->left)
        pad(sink, ' ', length, c->width);
}

static void put_number(kit_sink *sink, const struct conversion *c, uint64_t value,
                       const char *prefix, unsigned base)
{
    char digits[24];
    size_t first = sizeof digits, prefix_length = 0;
    do {
        digits[--first] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    while (prefix[prefix_length] != 0)
        prefix_length++;
    size_t length = sizeof digits - first + prefix_length;
    if (!c->left && !c->zeros)
        pad(sink, ' ', length, c->width);
    if (prefix_length != 0)
        sink->put(sink, prefix, prefix_length);
    if (!c->left && c->zeros)
        pad(sink, '0', length, c->width);
    sink->put(sink, digits + first, sizeof digits - first);
    if (c->left)
        pad(sink, ' ', length, c->width);
}

static uint64_t next_unsigned(const struct conversion *c, va_list *arguments)
{
    switch (c->size) {
    case SIZE_LONG:
        return va_arg(*arguments, unsigned long);
    case SIZE_LONG_LONG:
        return va_arg(*arguments, unsigned long long);
    case SIZE_Z:
        return va_arg(*arguments, size_t);
    default:
        return va_arg(*arguments, unsigned);
    }
}

static int64_t next_signed(const struct conversion *c, va_list *arguments)
{
    switch (c->size) {
    case SIZE_LONG:
        return va_arg(*arguments, long);
    case SIZE_LONG_LONG:
        return va_arg(*arguments, long long);
    case SIZE_Z:
        return va_arg(*arguments, ptrdiff_t);
    default:
        return va_arg(*arguments, int);
    }
}

static void put_signed(kit_sink *sink, const struct conversion *c, int64_t value)
{
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    put_number(sink, c, magnitude, value < 0 ? "-" : "", 10);
}

static void put_string(kit_sink *sink, const struct conversion *c, const char *text)
{
    size_t length = 0;
    if (text == NULL)
        text = "(null)";
    while (text[length] != 0)
        length++;
    put_text(sink, c, text, length);
}

static void put_conversion(kit_sink *sink, const struct conversion *c, va_list *arguments)
{
    char letter = c->letter;
    switch (letter) {
    case 'd':
    case 'i':
        put_signed(sink, c, next_signed(c, arguments));
        break;
    case 'u':
        put_number(sink, c, next_unsigned(c, arguments), "", 10);
        break;
    case 'x':
        put_number(sink, c, next_unsigned(c, arguments), "", 16);
        break;
    case 'p':
        put_number(sink, c, (uintptr_t)va_arg(*arguments, void *), "0x", 16);
        break;
    case 's':
        put_string(sink, c, va_arg(*arguments, const char *));
        break;
    case 'c':
        letter = (char)va_arg(*arguments, int);
        put_text(sink, c, &letter, 1);
        break;
    default:
        put_text(sink, c, "%", 1);
        break;
    }
}

void kit_format(kit_sink *sink, const char *format, va_list arguments)
{
    va_list rest;
    va_copy(rest, arguments);
    while (*format != 0) {
        size_t plain = 0;
        while (format[plain] != 0 && format[plain] != '%')
            plain++;
        if (plain != 0)
            sink->put(sink, format, plain);
        format += plain;
        if (*format == '%') {
            struct conversion c;
            format = read_conversion(format + 1, &c);
            put_conversion(sink, &c, &rest);
        }
    }
    va_end(rest);
}
