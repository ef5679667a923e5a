/* SPDX-License-Identifier: MIT */
/* Semihosting: exit status, files, arguments. [Arm, Semihosting for AArch32 and AArch64] */
#include "board.h"

#define SYS_OPEN        0x01u
#define SYS_CLOSE       0x02u
#define SYS_READ        0x06u
#define SYS_FLEN        0x0cu
#define SYS_GET_CMDLINE 0x15u
#define SYS_EXIT        0x18u

#define OPEN_READ_BINARY 1u
#define EXIT_APPLICATION 0x20026u

static long semihost(unsigned operation, const void *block)
{
    register uint64_t x0 __asm__("x0") = operation;
    register const void *x1 __asm__("x1") = block;
    __asm__ volatile("hlt #0xf000" : "+r"(x0) : "r"(x1) : "memory");
    return (long)x0;
}

_Noreturn void board_exit(int status)
{
    uint64_t block[2] = {EXIT_APPLICATION, (uint64_t)(unsigned)status};
    for (;;)
        semihost(SYS_EXIT, block);
}

long board_file_open(const char *path)
{
    size_t length = 0;
    while (path[length] != 0)
        length++;
    uint64_t block[3] = {(uintptr_t)path, OPEN_READ_BINARY, length};
    return semihost(SYS_OPEN, block);
}

long board_file_bytes(long handle)
{
    uint64_t block[1] = {(uint64_t)handle};
    return semihost(SYS_FLEN, block);
}

/* SYS_READ tells how many bytes it did not read. */
long board_file_read(long handle, void *buffer, size_t bytes)
{
    uint64_t block[3] = {(uint64_t)handle, (uintptr_t)buffer, bytes};
    long missing = semihost(SYS_READ, block);
    return missing < 0 ? missing : (long)bytes - missing;
}

void board_file_close(long handle)
{
    uint64_t block[1] = {(uint64_t)handle};
    semihost(SYS_CLOSE, block);
}

int board_command_line(char *buffer, size_t bytes)
{
    uint64_t block[2] = {(uintptr_t)buffer, bytes};
    return (int)semihost(SYS_GET_CMDLINE, block);
}
