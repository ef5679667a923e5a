/* SPDX-License-Identifier: MIT */
/*
 * The kit, tested with itself, without the allocator.
 *   file=PATH bytes=N   a file to read, and its size
 *   exit=N              end with that status at once; core=1: from core 1
 *   crash=load|stack    (board) end by an exception; at=N: the address, else 0
 *   least=N             the board has more RAM than that for heaps (100M)
 *   rounds=N            of the test of registers (100000)
 */
#include "kit.h"
#include "format.h"
#include "kit_test.h"

#include <stdatomic.h>

#define ADDS      100000u
#define NOPS      1000u
#define NOPS_TEXT "1000"

/* Formatted text in memory. */
struct memory_sink {
    kit_sink sink;
    size_t used;
    char text[128];
};

static void memory_put(kit_sink *sink, const char *text, size_t bytes)
{
    struct memory_sink *memory = (struct memory_sink *)sink;
    for (size_t i = 0; i < bytes && memory->used + 1 < sizeof memory->text; i++)
        memory->text[memory->used++] = text[i];
    memory->text[memory->used] = 0;
}

static bool equal(const char *a, const char *b)
{
    while (*a != 0 && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static __attribute__((format(printf, 2, 3))) bool prints(const char *expected, const char *format,
                                                         ...)
{
    struct memory_sink memory = {.sink = {.put = memory_put}};
    va_list arguments;
    va_start(arguments, format);
    kit_format(&memory.sink, format, arguments);
    va_end(arguments);
    if (!equal(memory.text, expected))
        kit_print("  is %s| but should be %s|\n", memory.text, expected);
    return equal(memory.text, expected);
}

static void test_print(void)
{
    KIT_CHECK(prints("", "%s", ""));
    KIT_CHECK(prints("100%", "100%%"));
    KIT_CHECK(prints("-7 42 ff c", "%d %u %x %c", -7, 42u, 255u, 'c'));
    KIT_CHECK(prints("-2147483648", "%i", (int)INT32_MIN));
    KIT_CHECK(prints("18446744073709551615", "%llu", (unsigned long long)UINT64_MAX));
    KIT_CHECK(prints("-9223372036854775808", "%lld", (long long)INT64_MIN));
    KIT_CHECK(prints("[  12][12  ][0012]", "[%4d][%-4d][%04d]", 12, 12, 12));
    KIT_CHECK(prints("[ -12][-12 ][-012]", "[%4d][%-4d][%04d]", -12, -12, -12));
    KIT_CHECK(prints("[   ab][ab   ]", "[%5s][%-5s]", "ab", "ab"));
    KIT_CHECK(prints("65536 10000", "%zu %lx", (size_t)65536, 0x10000ul));
    KIT_CHECK(prints("0x40200000", "%p", (void *)(uintptr_t)0x40200000));
}

static void test_random(void)
{
    uint64_t state = 1;
    KIT_CHECK(kit_random(&state) == UINT64_C(5180492295206395165));
    uint64_t first = kit_random(&state), again = 0;
    KIT_CHECK(first != kit_random(&state));
    KIT_CHECK(kit_random(&again) == UINT64_C(5180492295206395165)); /* 0 would stay 0 */
}

static void test_arguments(void)
{
    KIT_CHECK(kit_argument("no_such_name") == NULL);
    KIT_CHECK(kit_argument_number("no_such_name", 7) == 7);
    if (kit_argument("text") == NULL)
        return;
    KIT_CHECK(equal(kit_argument("text"), "a,b=c"));
    KIT_CHECK(kit_argument_number("decimal", 0) == 1234567890123);
    KIT_CHECK(kit_argument_number("hex", 0) == 0xdeadBEEF);
    KIT_CHECK(kit_argument_number("mega", 0) == 3u << 20);
}

/* Each core waits until all are there: ends only if they really run at once. */
static atomic_uint present;
static atomic_uint wrong_numbers;
static atomic_uint times_run[CORES_MAX];

static void meet(unsigned core, void *context)
{
    unsigned cores = *(unsigned *)context;
    atomic_fetch_add(&wrong_numbers, core != kit_core());
    atomic_fetch_add(&times_run[core], 1);
    atomic_fetch_add(&present, 1);
    while (atomic_load(&present) < cores)
        kit_relax();
}

static void test_parallel(void)
{
    unsigned cores = kit_cores();
    KIT_CHECK(kit_core() == 0);
    for (unsigned core = 0; core < CORES_MAX; core++)
        atomic_store(&times_run[core], 0);
    for (unsigned round = 0; round < 50; round++) {
        unsigned some = 1 + round % cores;
        atomic_store(&present, 0);
        kit_parallel(some, meet, &some);
        KIT_CHECK(atomic_load(&present) == some);
    }
    KIT_CHECK(atomic_load(&wrong_numbers) == 0);
    for (unsigned core = 0; core < CORES_MAX; core++) {
        unsigned expected = 0;
        for (unsigned round = 0; round < 50; round++)
            expected += 1 + round % cores > core;
        KIT_CHECK(atomic_load(&times_run[core]) == expected);
    }
}

static atomic_uint sum;
static uint64_t plain_sum[CORES_MAX];

static void add(unsigned core, void *context)
{
    (void)context;
    for (unsigned i = 0; i < ADDS; i++) {
        atomic_fetch_add_explicit(&sum, 1, memory_order_relaxed);
        plain_sum[core]++;
    }
}

/* The plain sums: what the cores stored is seen when kit_parallel returns. */
static void test_atomics(void)
{
    unsigned cores = kit_cores();
    atomic_store(&sum, 0);
    for (unsigned core = 0; core < cores; core++)
        plain_sum[core] = 0;
    kit_parallel(cores, add, NULL);
    KIT_CHECK(atomic_load(&sum) == cores * ADDS);
    for (unsigned core = 0; core < cores; core++)
        KIT_CHECK(plain_sum[core] == ADDS);
}

/* A lock made of one exchange keeps plain data whole. */
static atomic_flag lock = ATOMIC_FLAG_INIT;
static uint64_t locked_sum;

static void add_locked(unsigned core, void *context)
{
    (void)core, (void)context;
    for (unsigned i = 0; i < ADDS / 10; i++) {
        while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire))
            kit_relax();
        locked_sum++;
        atomic_flag_clear_explicit(&lock, memory_order_release);
    }
}

static void test_lock(void)
{
    locked_sum = 0;
    kit_parallel(kit_cores(), add_locked, NULL);
    KIT_CHECK(locked_sum == (uint64_t)kit_cores() * (ADDS / 10));
}

void wait_ns(uint64_t ns)
{
    uint64_t end = kit_nanoseconds() + ns;
    while (kit_nanoseconds() < end)
        kit_relax();
}

/* By themselves: the branches around them would not reach so far everywhere. */
static __attribute__((noinline)) void nops(void)
{
    __asm__ volatile(".rept " NOPS_TEXT "\n\tnop\n\t.endr");
}
static __attribute__((noinline)) void no_nops(void) { __asm__ volatile(""); }

static __attribute__((noinline)) uint64_t count(void (*body)(void))
{
    uint64_t before = kit_instructions();
    body();
    return kit_instructions() - before;
}

/* Each turn of a loop takes as many as the one before. */
static __attribute__((noinline)) uint64_t count_turns(unsigned turns)
{
    uint64_t before = kit_instructions();
    while (turns-- != 0)
        __asm__ volatile("");
    return kit_instructions() - before;
}

/* kit_relax lets other cores run, if they do not sleep. */
static __attribute__((noinline)) uint64_t count_relaxing(void)
{
    uint64_t before = kit_instructions();
    for (unsigned i = 0; i < 100; i++)
        kit_relax();
    return kit_instructions() - before;
}

static void test_instructions(void)
{
    static uint64_t relaxing_early; /* before the other cores were ever on */
    bool counts = kit_instructions() != 0;
    if (kit_argument("icount") != NULL)
        KIT_CHECK(counts == equal(kit_argument("icount"), "yes"));
    if (!counts)
        return;
    for (unsigned i = 0; i < 10; i++)
        KIT_CHECK(count(nops) == NOPS + count(no_nops));
    uint64_t turn = count_turns(2) - count_turns(1);
    for (unsigned turns = 1; turns < 400; turns++)
        KIT_CHECK(count_turns(turns + 1) - count_turns(turns) == turn);
    if (relaxing_early == 0)
        relaxing_early = count_relaxing();
    KIT_CHECK(count_relaxing() == relaxing_early);
}

/* The counter's extension over its 32 bits. QEMU makes nothing of a nop, so
 * that these 5 G instructions take a tenth of a second. */
static void test_instructions_long(void)
{
    if (kit_instructions() == 0)
        return;
    uint64_t before = kit_instructions(), last = before;
    for (unsigned i = 0; i < 50; i++) {
        for (unsigned k = 0; k < 100000; k++)
            nops();
        KIT_CHECK(kit_instructions() - last >= UINT64_C(100000) * NOPS);
        last = kit_instructions();
    }
    KIT_CHECK(last - before >= UINT64_C(5000000) * NOPS);
    KIT_CHECK(last - before < UINT64_C(5100000) * NOPS);
}

static void test_file(void)
{
    size_t most;
    char *buffer = kit_ram(0, &most);
    const char *path = kit_argument("file");
    KIT_CHECK(kit_read_file("no/such/file", buffer, most) == -1);
    if (path == NULL)
        return;
    size_t bytes = (size_t)kit_argument_number("bytes", 0);
    KIT_CHECK(bytes > 1 && bytes <= most);
    KIT_CHECK(kit_read_file(path, buffer, bytes - 1) == -2);
    KIT_CHECK(kit_read_file(path, buffer, bytes) == (long)bytes);
    KIT_CHECK(kit_read_file(path, buffer, most) == (long)bytes);
    KIT_CHECK(buffer[0] == 'M' && buffer[1] == 'I' && buffer[2] == 'T');
}

static void test_ram(void)
{
    size_t bytes = 0, some = 0;
    uint64_t expected = kit_argument_number("ram", 0);
    volatile char *ram = kit_ram(0, &bytes);
    KIT_CHECK(ram != NULL && bytes > kit_argument_number("least", 100u << 20));
    if (expected != 0)
        KIT_CHECK(bytes <= expected && bytes > expected - (16u << 20));
    ram[0] = 1;
    ram[bytes - 1] = 2;
    for (size_t at = 1u << 20; at < bytes - 1; at += 1u << 24)
        ram[at] = (char)(at >> 24);
    for (size_t at = 1u << 20; at < bytes - 1; at += 1u << 24)
        KIT_CHECK(ram[at] == (char)(at >> 24));
    KIT_CHECK(ram[0] == 1 && ram[bytes - 1] == 2);
    KIT_CHECK(kit_ram(bytes / 2 - 1, &some) != NULL && some == bytes / 2 - 1);
    KIT_CHECK(kit_ram(SIZE_MAX / 2, &some) == NULL);
}

static void test_clock(void)
{
    uint64_t before = kit_nanoseconds();
    wait_ns(1000000);
    uint64_t ns = kit_nanoseconds() - before;
    KIT_CHECK(ns >= 1000000);
}

static void exit_here(unsigned core, void *context)
{
    (void)context;
    if (core == kit_argument_number("core", 0))
        kit_exit((int)kit_argument_number("exit", 0));
    while (true)
        kit_relax();
}

static __attribute__((noinline)) unsigned overflow(unsigned depth)
{
    volatile unsigned much[64];
    much[depth % 64] = depth;
    return depth == UINT32_MAX ? 0 : overflow(depth + 1) + much[depth % 64];
}

static int crash(const char *how)
{
    volatile uintptr_t address = (uintptr_t)kit_argument_number("at", 0);
    if (equal(how, "load"))
        return *(volatile int *)address;
    return (int)overflow(0);
}

int kit_main(void)
{
    static const kit_case cases[] = {
        {"print", test_print},
        {"random", test_random},
        {"arguments", test_arguments},
        {"instructions_early", test_instructions}, /* the other cores are off */
        {"parallel", test_parallel},
        {"atomics", test_atomics},
        {"lock", test_lock},
        {"timer", test_timer},
        {"registers", test_registers},
        {"instructions", test_instructions}, /* they sleep */
        {"instructions_long", test_instructions_long},
        {"file", test_file},
        {"ram", test_ram},
        {"clock", test_clock},
    };
    if (kit_argument("expect_cores") != NULL &&
        kit_argument_number("expect_cores", 0) != kit_cores()) {
        kit_print("FAIL %u cores\n", kit_cores());
        return 1;
    }
    if (kit_argument("exit") != NULL)
        kit_parallel(kit_cores(), exit_here, NULL);
    if (kit_argument("crash") != NULL)
        return crash(kit_argument("crash"));
    return kit_run_cases(cases, sizeof cases / sizeof cases[0]);
}
