/* SPDX-License-Identifier: MIT */
/* Semihosting: exit status, files, arguments. board_semihost() is the board's.
 * [Arm, Semihosting for AArch32 and AArch64; RISC-V Semihosting, 0.3] */
#include "board.h"
#include "internal.h"

#define SYS_OPEN        0x01u
#define SYS_CLOSE       0x02u
#define SYS_READ        0x06u
#define SYS_FLEN        0x0cu
#define SYS_GET_CMDLINE 0x15u
#define SYS_EXIT        0x20u /* with a status, on every target */

#define OPEN_READ_BINARY 1u
#define EXIT_APPLICATION 0x20026u

_Noreturn void board_exit(int status)
{
    uintptr_t block[2] = {EXIT_APPLICATION, (unsigned)status};
    for (;;)
        board_semihost(SYS_EXIT, block);
}

long board_file_open(const char *path)
{
    size_t length = 0;
    while (path[length] != 0)
        length++;
    uintptr_t block[3] = {(uintptr_t)path, OPEN_READ_BINARY, length};
    return board_semihost(SYS_OPEN, block);
}

long board_file_bytes(long handle)
{
    uintptr_t block[1] = {(uintptr_t)handle};
    return board_semihost(SYS_FLEN, block);
}

/* SYS_READ tells how many bytes it did not read. */
long board_file_read(long handle, void *buffer, size_t bytes)
{
    uintptr_t block[3] = {(uintptr_t)handle, (uintptr_t)buffer, bytes};
    long missing = board_semihost(SYS_READ, block);
    return missing < 0 ? missing : (long)bytes - missing;
}

void board_file_close(long handle)
{
    uintptr_t block[1] = {(uintptr_t)handle};
    board_semihost(SYS_CLOSE, block);
}

int board_command_line(char *buffer, size_t bytes)
{
    uintptr_t block[2] = {(uintptr_t)buffer, bytes};
    return (int)board_semihost(SYS_GET_CMDLINE, block);
}
