/* SPDX-License-Identifier: MIT */
/* The parts of the kit that are the same on every machine. */
#include "kit.h"
#include "format.h"
#include "machine.h"

#include <stdatomic.h>

/* Longer texts than this are printed in several pieces. */
#ifndef KIT_LINE_BYTES
#define KIT_LINE_BYTES 256
#endif

struct line {
    kit_sink sink;
    size_t used;
    char text[KIT_LINE_BYTES];
};

static void line_flush(struct line *line)
{
    if (line->used != 0)
        kit_write(line->text, line->used);
    line->used = 0;
}

static void line_put(kit_sink *sink, const char *text, size_t bytes)
{
    struct line *line = (struct line *)sink;
    for (size_t i = 0; i < bytes; i++) {
        if (line->used == sizeof line->text)
            line_flush(line);
        line->text[line->used++] = text[i];
    }
}

void kit_print(const char *format, ...)
{
    struct line line;
    va_list arguments;
    line.sink.put = line_put;
    line.used = 0;
    va_start(arguments, format);
    kit_format(&line.sink, format, arguments);
    va_end(arguments);
    line_flush(&line);
}

static bool same(const char *a, const char *b)
{
    while (*a != 0 && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

/* The value, if the argument is "name=value". */
static const char *value_of(const char *argument, const char *name)
{
    while (*name != 0 && *argument == *name) {
        argument++;
        name++;
    }
    return *name == 0 && *argument == '=' ? argument + 1 : NULL;
}

const char *kit_argument(const char *name)
{
    const char *argument;
    for (unsigned n = 0; (argument = kit_machine_argument(n)) != NULL; n++) {
        const char *value = value_of(argument, name);
        if (value != NULL)
            return value;
    }
    return NULL;
}

static unsigned digit(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return (unsigned)(c - 'A') + 10;
    return UINT32_MAX;
}

static unsigned unit_shift(char unit)
{
    return unit == 'K' ? 10 : unit == 'M' ? 20 : unit == 'G' ? 30 : 0;
}

uint64_t kit_argument_number(const char *name, uint64_t otherwise)
{
    const char *at = kit_argument(name);
    if (at == NULL)
        return otherwise;
    unsigned base = at[0] == '0' && at[1] == 'x' ? 16 : 10;
    uint64_t number = 0;
    const char *first = at += base == 16 ? 2 : 0;
    for (; digit(*at) < base; at++)
        number = number * base + digit(*at);
    unsigned shift = unit_shift(*at);
    if (at == first || at[shift != 0] != 0) {
        kit_print("argument %s: not a number: %s\n", name, kit_argument(name));
        kit_exit(2);
    }
    return number << shift;
}

uint64_t kit_random(uint64_t *state)
{
    uint64_t x = *state != 0 ? *state : 1;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * UINT64_C(0x2545f4914f6cdd1d);
}

uint64_t kit_instructions_overhead(void)
{
    uint64_t before = kit_instructions();
    return kit_instructions() - before;
}

static long read_all(long file, void *buffer, size_t bytes)
{
    long size = kit_file_bytes(file);
    if (size < 0)
        return -1;
    if ((uint64_t)size > bytes)
        return -2;
    return kit_file_read(file, buffer, (size_t)size) == size ? size : -1;
}

long kit_read_file(const char *path, void *buffer, size_t bytes)
{
    long file = kit_file_open(path);
    if (file < 0)
        return -1;
    long result = read_all(file, buffer, bytes);
    kit_file_close(file);
    return result;
}

/* The case that runs; any core may fail it. */
static const char *case_name = "(no case)";
static atomic_bool case_failed;

void kit_fail(const char *file, int line, const char *text)
{
    atomic_store_explicit(&case_failed, true, memory_order_relaxed);
    kit_print("FAIL %s: %s:%d: %s\n", case_name, file, line, text);
}

bool kit_case_failed(void) { return atomic_load_explicit(&case_failed, memory_order_relaxed); }

int kit_run_cases(const kit_case *cases, size_t count)
{
    const char *only = kit_argument("case");
    size_t failed = 0, run = 0;
    for (size_t i = 0; i < count; i++) {
        if (only != NULL && !same(only, cases[i].name))
            continue;
        case_name = cases[i].name;
        atomic_store_explicit(&case_failed, false, memory_order_relaxed);
        cases[i].run();
        run++;
        failed += kit_case_failed();
        if (!kit_case_failed())
            kit_print("ok %s\n", case_name);
    }
    if (run == 0)
        kit_print("FAIL no case has the name %s\n", only != NULL ? only : "(none)");
    return failed != 0 || run == 0;
}
