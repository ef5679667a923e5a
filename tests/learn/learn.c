/* SPDX-License-Identifier: MIT */
/*
 * Replay a trace while hak learns, and print the policy table. Arguments:
 *     trace=FILE       unpacked
 *     heap=N           bytes for hak
 *     policy=FILE      begin with this table
 *     state=N          hak_learning; default: HAK_LEARN
 *     seed=N each=N    of the learner; a tick after so many records (8)
 * Lines that start with "= " are for tests/learn/learn.py: the table in hex, the
 * state at the end, ticks and counters. Exit status 0 if all calls succeeded.
 */
#include "heap.h"
#include "kit.h"
#include "../replay/trace.h"
#include "perform.h"

static trace t;
static size_t failures;
static uint64_t largest_sum, free_sum; /* bytes, summed over looks at the heap */

void hak_port_fault(hak_fault kind, const void *pointer, const void *call_site)
{
    (void)call_site;
    kit_print("fault at %p: %s\n", (void *)(uintptr_t)pointer, hak_fault_text(kind));
    failures++;
}

static int cannot(const char *why)
{
    kit_print("learn: %s\n", why);
    return 2;
}

static bool load_policy(void)
{
    static _Alignas(8) unsigned char table[HAK_POLICY_BYTES];
    const char *path = kit_argument("policy");
    if (path == NULL)
        return true;
    long length = kit_read_file(path, table, sizeof table);
    return length > 0 && hak_policy_load(table, (size_t)length) == HAK_OK;
}

/* The trace and a table of its blocks, then the heap. */
static const char *lay_out(void ***blocks, unsigned char **heap, size_t heap_bytes)
{
    trace_error error;
    size_t bytes;
    unsigned char *ram = kit_ram(128 << 20, &bytes);
    if (ram == NULL || kit_argument("trace") == NULL)
        return "trace=FILE and 128 MiB of RAM are needed";
    long length = kit_read_file(kit_argument("trace"), ram, bytes);
    if (length < 0 || trace_open(&t, ram, (size_t)length, &error) != TRACE_FINE)
        return "the trace cannot be read";
    size_t used = align_up((size_t)length, 64);
    size_t tables = t.object_count * (sizeof(trace_object) + sizeof(void *));
    if (used + tables + heap_bytes + 64 > bytes)
        return "the trace is too large";
    if (trace_validate(&t, (trace_object *)(void *)(ram + used), &error) != TRACE_FINE)
        return "the trace is damaged";
    *blocks = (void **)(void *)(ram + used);
    for (uint32_t i = 0; i < t.object_count; i++)
        (*blocks)[i] = NULL;
    *heap = ram + align_up(used + tables, 64);
    return NULL;
}

/* How much of the free memory is in one piece? */
static void look(void)
{
    hak_stats s;
    hak_stats_get(&s);
    largest_sum += s.largest_free_bytes;
    free_sum += s.free_bytes;
}

static void replay(void **blocks, uint32_t each)
{
    for (uint32_t i = 0; i < t.record_count; i++) {
        const trace_record *r = &t.records[i];
        void *block = perform(r, blocks[r->id]);
        if (r->op != TRACE_FREE && block == NULL)
            failures++;
        else
            blocks[r->id] = block;
        if (i % each == 0)
            hak_tick();
        if (i % 256 == 0)
            look();
    }
}

static void print_table(hak_learning state)
{
    static _Alignas(8) unsigned char table[HAK_POLICY_BYTES];
    size_t bytes = hak_policy_export(table, sizeof table, state);
    for (size_t i = 0; i < bytes; i++)
        kit_print("%s%02x%s", i % 32 == 0 ? "= table " : "", table[i],
                  i % 32 == 31 || i + 1 == bytes ? "\n" : "");
}

static void print_counters(void)
{
    hak_stats s;
    hak_stats_get(&s);
    kit_print("= state %u\n= malloc_pool %zu\n= malloc_run %zu\n= failures %zu\n",
              (unsigned)hak_learn_state(), s.malloc_pool, s.malloc_run, failures);
    kit_print("= largest_permille %llu\n",
              (unsigned long long)(largest_sum * 1000 / (free_sum + 1)));
    const char *broken = hak_check();
    kit_print("= check %s\n", broken != NULL ? broken : "clean");
}

int kit_main(void)
{
    void **blocks = NULL;
    unsigned char *heap = NULL;
    size_t heap_bytes = (size_t)kit_argument_number("heap", 0);
    const char *why = lay_out(&blocks, &heap, heap_bytes);
    if (why != NULL)
        return cannot(why);
    if (!load_policy())
        return cannot("the policy cannot be read, or does not fit this build");
    hak_status status = hak_init(heap, heap_bytes);
    if (status != HAK_OK)
        return cannot(hak_status_text(status));
    hak_learn((hak_learning)kit_argument_number("state", HAK_LEARN),
              (uint32_t)kit_argument_number("seed", 1));
    replay(blocks, (uint32_t)kit_argument_number("each", 8));
    print_counters();
    print_table(HAK_FROZEN);
    return failures != 0;
}
