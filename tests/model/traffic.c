/* SPDX-License-Identifier: MIT */
/*
 * Frees from other cores, as fast as they can: every core allocates blocks of a
 * few sizes and hands each to another one, which frees it, while the owner
 * drains, leaves, adopts and idles. At the end no free may be lost.
 *   heap=256K cores=4 blocks=20000 (of each core) seed=1
 */
#include "shadow.h"

#include <stdatomic.h>

enum { CORES_MOST = 4, RING = 64, SIZES = 5 };

/* Blocks on their way from one core to another. */
typedef struct ring {
    _Atomic(uint64_t *) slot[RING];
} ring;

static unsigned cores;
static uint64_t blocks, seed;
static ring rings[CORES_MOST];
static atomic_uint finished;
static _Atomic(size_t) handed, freed, refused;

static const size_t sizes[SIZES] = {16, 48, 112, 640, 2000};

/* Free what was handed to this core; how many. */
static uint64_t receive(unsigned core)
{
    uint64_t count = 0;
    for (unsigned i = 0; i < RING; i++) {
        uint64_t *block =
            atomic_exchange_explicit(&rings[core].slot[i], NULL, memory_order_acq_rel);
        if (block == NULL)
            continue;
        if (block[0] != (uintptr_t)block || block[1] != ~(uintptr_t)block)
            kit_fail(__FILE__, __LINE__, "a block was overwritten on its way");
        block[0] = 0;
        hak_free(block);
        count++;
    }
    return count;
}

static bool hand_over(unsigned to, unsigned place, uint64_t *block)
{
    uint64_t *none = NULL;
    return atomic_compare_exchange_strong_explicit(&rings[to].slot[place % RING], &none, block,
                                                   memory_order_acq_rel, memory_order_relaxed);
}

static void body(unsigned core, void *context)
{
    uint64_t random = seed * 31 + core + 1, sent = 0, received = 0, none = 0;
    (void)context;
    while (sent < blocks && !kit_case_failed()) {
        uint64_t dice = kit_random(&random) >> 16;
        uint64_t *block = hak_malloc(sizes[dice % SIZES]);
        none += block == NULL;
        if (block != NULL) {
            block[0] = (uintptr_t)block;
            block[1] = ~(uintptr_t)block;
            unsigned to = (core + 1 + (unsigned)(dice >> 8) % (cores - 1)) % cores;
            if (hand_over(to, (unsigned)(dice >> 16), block))
                sent++;
            else
                hak_free(block);
        }
        if (block == NULL || (dice >> 24) % 2 == 0)
            received += receive(core);
        if ((dice >> 32) % 512 == 0)
            hak_core_idle();
    }
    atomic_fetch_add(&finished, 1);
    while (atomic_load(&finished) < cores) {
        received += receive(core);
        kit_relax();
    }
    atomic_fetch_add(&freed, (size_t)(received + receive(core)));
    atomic_fetch_add(&handed, (size_t)sent);
    atomic_fetch_add(&refused, (size_t)none);
}

static void idle_body(unsigned core, void *context)
{
    (void)core;
    (void)context;
    hak_core_idle();
}

static void test_traffic(void)
{
    KIT_CHECK(shadow_start((size_t)kit_argument_number("heap", 256 << 10), 0, 1));
    kit_parallel(cores, body, NULL);
    uint64_t left = 0;
    for (unsigned core = 0; core < cores; core++)
        left += receive(core);
    KIT_CHECK(handed == blocks * cores && handed == freed + left);
    hak_stats stats;
    hak_stats_get(&stats);
    kit_print(
        "%zu to own page, %zu to others', %zu drains, %zu adopted, %zu retired, %llu refused\n",
        stats.free_local, stats.free_remote, stats.refill_drain, stats.refill_adopt,
        stats.pages_retired, (unsigned long long)refused);
    KIT_CHECK(stats.live_blocks == 0 && stats.live_bytes == 0 && stats.faults == 0);
    KIT_CHECK(shadow_audit(NULL, 0));
    kit_parallel(cores, idle_body, NULL);
    KIT_CHECK(shadow_all_back());
}

int kit_main(void)
{
    static const kit_case cases[] = {{"traffic", test_traffic}};
    cores = (unsigned)kit_argument_number("cores", 4);
    blocks = kit_argument_number("blocks", 20000);
    seed = kit_argument_number("seed", 1);
    if (cores < 2 || cores > CORES_MOST || cores > kit_cores())
        return 2;
    return kit_run_cases(cases, 1);
}
