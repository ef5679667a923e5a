/* SPDX-License-Identifier: MIT */
/*
 * A small gateway, to show who holds the memory: `make demo`. Three tasks that
 * call hak_malloc, code that comes through a wrapper, and two named sites; one of
 * them has its buffers in memory that a device can reach, in whole cache lines.
 * "@address" in what it prints is for symbols.py.
 */
#include "hak.h"
#include "kit.h"

enum {
    HEAP_BYTES = 256 << 10,
    DMA_BYTES = 24 << 10,
    LINE_BYTES = 64,
    TICKS = 400,
    KEPT = 64,
    LINES = 12
};

/* A name of its own: it stays the same whatever the linker does. */
HAK_SITE_DEFINE(uart_rx, "uart rx");

static void *kept[KEPT];
static unsigned kept_count;

/* A wrapper, such as an operating system's: its caller is the site. */
__attribute__((noinline)) static void *os_alloc(size_t size)
{
    return hak_malloc_at(size, HAK_CALLER);
}

static void keep(void *block)
{
    if (kept_count == KEPT)
        hak_free(kept[--kept_count / 2]);
    kept[kept_count == KEPT - 1 ? kept_count++ / 2 : kept_count++] = block;
}

__attribute__((noinline)) static void receive(uint64_t *random)
{
    hak_free(
        hak_malloc_lines_at(HAK_MEMORY_DMA, LINE_BYTES, 64 + kit_random(random) % 256, &uart_rx));
    keep(hak_malloc_lines_at(HAK_MEMORY_DMA, LINE_BYTES, 128, &uart_rx));
}

__attribute__((noinline)) static void log_reading(unsigned tick)
{
    uint32_t *reading = hak_malloc(100); /* nobody frees it */
    if (reading != NULL)
        *reading = tick;
}

__attribute__((noinline)) static void draw(void)
{
    static void *frame;
    hak_free(frame);
    frame = hak_calloc(60, 400);
}

static void keep_task(void *part)
{
    static void *volatile last;
    last = part;
    (void)last;
}

__attribute__((noinline)) static void start_task(void)
{
    keep_task(os_alloc(2048));
    keep_task(os_alloc(200));
}

__attribute__((noinline)) static void publish(uint64_t *random)
{
    void *message = os_alloc(40);
    message = hak_realloc_at(message, 40 + kit_random(random) % 500, HAK_SITE("mqtt message"));
    hak_free(message);
}

__attribute__((noinline)) static void ask_for_too_much(void) { keep_task(hak_malloc(HEAP_BYTES)); }

static void show(const char *when)
{
    hak_site_info site[LINES];
    size_t count = hak_sites_get(site, LINES);
    kit_print("\n%s\n", when);
    kit_print("   bytes  blocks    peak  mallocs  failures  call site\n");
    for (size_t i = 0; i < count; i++) {
        const hak_site_info *s = &site[i];
        kit_print("%8zu%8zu%8zu%9zu%10zu  ", s->live_bytes, s->live_blocks, s->peak_bytes,
                  s->mallocs, s->failures);
        if (s->name != NULL)
            kit_print("\"%s\"\n", s->name);
        else
            kit_print("@%p\n", (void *)(uintptr_t)s->address);
    }
}

static void show_regions(void)
{
    hak_region_stats s;
    kit_print("\n   bytes    free    live  blocks  tags  region\n");
    for (unsigned i = 0; hak_region_stats_get(i, &s) == HAK_OK; i++)
        kit_print("%8zu%8zu%8zu%8zu%6x  %p\n", s.bytes, s.free_bytes, s.live_bytes, s.live_blocks,
                  s.tags, s.start);
}

int kit_main(void)
{
    uint64_t random = 1;
    size_t bytes;
    char *ram = kit_ram(HEAP_BYTES + DMA_BYTES, &bytes);
    hak_status status = hak_init(ram, HEAP_BYTES);
    if (status == HAK_OK)
        status = hak_add_region_tagged(ram + HEAP_BYTES, DMA_BYTES, HAK_MEMORY_DMA);
    if (status != HAK_OK) {
        kit_print("demo: %s\n", hak_status_text(status));
        return 1;
    }
    for (int task = 0; task < 3; task++)
        start_task();
    draw();
    show("after the start");
    for (unsigned tick = 0; tick < TICKS; tick++) {
        receive(&random);
        log_reading(tick);
        publish(&random);
        if (tick % 20 == 0)
            draw();
    }
    ask_for_too_much();
    show("after 400 ticks: who grows?");
    show_regions();
    const char *broken = hak_check();
    if (broken != NULL)
        kit_print("hak_check: %s\n", broken);
    return broken != NULL;
}
