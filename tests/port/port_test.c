/* SPDX-License-Identifier: MIT */
/*
 * A port, without the allocator: what docs/porting.md asks of it, on each board.
 *   rounds=N   of the parts with random numbers, and of each core (2000)
 */
#include "kit.h"
#include "port.h"
#include "port_test.h"

static uint64_t seed = 1;

static hak_word random_word(void) { return (hak_word)(kit_random(&seed) >> 7); }

static unsigned rounds(void) { return (unsigned)kit_argument_number("rounds", 2000); }

/* What the bit functions should say, counted bit by bit. */
static bool bits_are_right(hak_word w)
{
    unsigned set = 0, below = 0, above = 0;
    for (unsigned bit = 0; bit < HAK_PORT_WORD_BITS; bit++)
        set += w >> bit & 1;
    while ((w >> below & 1) == 0)
        below++;
    while ((w >> (HAK_PORT_WORD_BITS - 1 - above) & 1) == 0)
        above++;
    return hak_port_popcount(w) == set && hak_port_ctz(w) == below && hak_port_clz(w) == above &&
           hak_port_zeros(w) == above;
}

static void test_bits(void)
{
    KIT_CHECK(hak_port_zeros(0) <= HAK_PORT_WORD_BITS && hak_port_popcount(0) == 0);
    for (unsigned a = 0; a < HAK_PORT_WORD_BITS; a++)
        for (unsigned b = 0; b <= a; b++) {
            hak_word high = (hak_word)1 << a, low = (hak_word)1 << b;
            KIT_CHECK(bits_are_right(high | low));
            KIT_CHECK(bits_are_right(high | (high - low)));
            KIT_CHECK(bits_are_right(high | (random_word() & (high - low))));
        }
}

static void check_numbers(uint64_t a, uint64_t b)
{
    if (kit_case_failed())
        return;
    uint32_t x = (uint32_t)a, y = (uint32_t)b;
    KIT_CHECK(hak_port_high(x, y) == (uint32_t)((uint64_t)x * y >> 32));
    if (y != 0)
        KIT_CHECK(hak_port_divide(x, y) == x / y);
    if (b != 0)
        KIT_CHECK(hak_port_divide_64(a, b) == a / b);
}

static void test_numbers(void)
{
    static const uint64_t edges[] = {0,          1,           2,          3,          0xffff,
                                     0x10000,    0x10001,     0x7fffffff, 0x80000000, 0xfffffffe,
                                     0xffffffff, 0x100000000, INT64_MAX,  UINT64_MAX};
    for (unsigned i = 0; i < sizeof edges / sizeof edges[0]; i++)
        for (unsigned k = 0; k < sizeof edges / sizeof edges[0]; k++)
            check_numbers(edges[i], edges[k]);
    for (unsigned i = 0; i < rounds(); i++) {
        uint64_t a = kit_random(&seed), b = kit_random(&seed);
        unsigned lengths = (unsigned)(kit_random(&seed) >> 52);
        check_numbers(a >> (lengths & 63), b >> (lengths >> 6));
    }
}

static void test_words(void)
{
    hak_atomic word = 0;
    hak_word w = random_word();
    uint8_t bytes[3] = {1, 2, 3};
    hak_port_set(&word, w);
    KIT_CHECK(hak_port_get(&word) == w);
    hak_port_set_byte(&bytes[1], 0x1ff);
    KIT_CHECK(bytes[0] == 1 && bytes[1] == 0xff && bytes[2] == 3);
}

static void test_changes(void)
{
    hak_word a = random_word(), b = random_word(), expected = b;
    hak_atomic word = a;
    _Atomic(uint32_t) half = 7;
    KIT_CHECK(hak_port_fetch_add(&word, b, memory_order_relaxed) == a && word == a + b);
    KIT_CHECK(hak_port_exchange(&word, a, memory_order_acquire) == a + b && word == a);
    KIT_CHECK(hak_port_fetch_and(&word, b, memory_order_acq_rel) == a && word == (a & b));
    KIT_CHECK(hak_port_exchange(&word, a, memory_order_release) == (a & b) && word == a);
    KIT_CHECK(hak_port_fetch_or(&word, b, memory_order_acq_rel) == a && word == (a | b));
    word = a;
    KIT_CHECK(!hak_port_compare_exchange(&word, &expected, 1, memory_order_relaxed,
                                         memory_order_relaxed));
    KIT_CHECK(word == a && expected == a);
    KIT_CHECK(
        hak_port_compare_exchange(&word, &expected, b, memory_order_relaxed, memory_order_relaxed));
    KIT_CHECK(word == b && expected == a);
    KIT_CHECK(hak_port_fetch_add_32(&half, UINT32_MAX, memory_order_acquire) == 7 && half == 6);
}

static __attribute__((noinline)) bool site_is_right(void)
{
    uintptr_t site = (uintptr_t)HAK_PORT_CALL_SITE();
    uintptr_t tag = HAK_PORT_CALL_TAG();
    uintptr_t link = (uintptr_t)__builtin_return_address(0);
    bool same = (site | 1) == (link | 1); /* the lowest bit may say "Thumb" */
    return same && tag == site >> 2 << (HAK_PORT_WORD_BITS - 24);
}

static void test_site(void) { KIT_CHECK(site_is_right()); }

int kit_main(void)
{
    static const kit_case cases[] = {
        {"bits", test_bits},       {"numbers", test_numbers},
        {"words", test_words},     {"changes", test_changes},
        {"site", test_site},       {"cores", test_cores},
        {"at_once", test_at_once}, {"mask", test_mask},
        {"lock", test_lock},       {"at_once_again", test_at_once},
    };
    prepare();
    return kit_run_cases(cases, sizeof cases / sizeof cases[0]);
}
