/* SPDX-License-Identifier: MIT */
/* The kit on a board. */
#include "kit.h"
#include "machine.h"
#include "board.h"

#define NANOSECONDS_PER_SECOND UINT64_C(1000000000)

#ifndef KIT_COMMAND_LINE_BYTES
#define KIT_COMMAND_LINE_BYTES 4096
#endif

/* The arguments, each ended by a 0 in place of the blank, and an empty one. */
static char command_line[KIT_COMMAND_LINE_BYTES];

int board_main(void)
{
    if (board_command_line(command_line, sizeof command_line - 1) != 0)
        command_line[0] = 0;
    for (char *at = command_line; *at != 0; at++)
        if (*at == ' ')
            *at = 0;
    return kit_main();
}

const char *kit_machine_argument(unsigned n)
{
    const char *at = command_line;
    for (; n > 0 && *at != 0; n--) {
        while (*at != 0)
            at++;
        at++;
    }
    return *at != 0 ? at : NULL;
}

void kit_write(const char *text, size_t bytes) { board_write(text, bytes); }

_Noreturn void kit_exit(int status) { board_exit(status); }

unsigned kit_cores(void)
{
    unsigned cores = board_cores();
    return cores < KIT_CORES ? cores : KIT_CORES;
}

unsigned kit_core(void) { return board_core(); }

void kit_parallel(unsigned cores, void (*body)(unsigned core, void *context), void *context)
{
    if (cores > kit_cores())
        board_panic("kit_parallel for more cores than there are\n");
    board_parallel(cores, body, context);
}

void *kit_ram(size_t min_bytes, size_t *bytes)
{
    void *heap = board_heap(kit_argument_number("ram", 0), bytes);
    if (min_bytes > *bytes)
        return NULL;
    if (min_bytes != 0)
        *bytes = min_bytes;
    return heap;
}

uint64_t kit_instructions(void) { return board_instructions(); }

static uint64_t scale(uint64_t value, uint64_t from, uint64_t to)
{
    return value / from * to + value % from * to / from;
}

uint64_t kit_nanoseconds(void)
{
    return scale(board_ticks(), board_ticks_per_second(), NANOSECONDS_PER_SECOND);
}

bool kit_timer_start(unsigned period_us, void (*handler)(void))
{
    uint64_t ticks = scale(period_us, 1000000, board_ticks_per_second());
    if (ticks == 0)
        ticks = 1;
    board_timer_start(ticks, ticks, handler);
    return true;
}

bool kit_timer_once(uint64_t delay_ns, void (*handler)(void))
{
    board_timer_start(scale(delay_ns, NANOSECONDS_PER_SECOND, board_ticks_per_second()), 0,
                      handler);
    return true;
}

void kit_timer_stop(void) { board_timer_stop(); }

uint64_t kit_mask(void) { return board_mask(); }

void kit_unmask(uint64_t state) { board_unmask(state); }

long kit_file_open(const char *path) { return board_file_open(path); }

long kit_file_bytes(long file) { return board_file_bytes(file); }

long kit_file_read(long file, void *buffer, size_t bytes)
{
    size_t done = 0;
    while (done < bytes) {
        long got = board_file_read(file, (char *)buffer + done, bytes - done);
        if (got < 0)
            return got;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (long)done;
}

void kit_file_close(long file) { board_file_close(file); }

void kit_relax(void) { board_relax(); }

/* The same for hak's lock, where the port asks for it. */
void hak_port_yield(void);
void hak_port_yield(void) { board_relax(); }
