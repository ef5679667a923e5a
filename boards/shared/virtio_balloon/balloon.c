/* SPDX-License-Identifier: MIT */
#include "balloon.h"

#include "virtio.h"

#include <stdbool.h>
#include <stdint.h>

/* Registers, bytes from the first of a device. */
enum {
    MAGIC = 0x000,
    VERSION = 0x004,
    DEVICE = 0x008,
    DEVICE_FEATURES = 0x010,
    DEVICE_FEATURES_WORD = 0x014,
    DRIVER_FEATURES = 0x020,
    DRIVER_FEATURES_WORD = 0x024,
    QUEUE = 0x030,
    QUEUE_MOST = 0x034,
    QUEUE_ENTRIES = 0x038,
    QUEUE_READY = 0x044,
    QUEUE_NOTIFY = 0x050,
    STATUS = 0x070,
    QUEUE_DESCRIPTORS = 0x080, /* addresses: the low word, then the high one */
    QUEUE_DRIVER = 0x090,
    QUEUE_DEVICE = 0x0a0
};
enum { MAGIC_VALUE = 0x74726976, VERSION_VALUE = 2, DEVICE_BALLOON = 5 };
enum { ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8, FAILED = 128 };
enum {
    FREE_PAGE_HINT = 1 << 3, /* features 0 to 31 */
    REPORTING = 1 << 5,
    VERSION_1 = 1 << 0 /* features 32 to 63 */
};

/* The queue of reports: one entry, one report at a time. */
enum { ENTRIES = 1, DEVICE_WRITES = 2, NO_INTERRUPT = 1 };
static struct {
    _Alignas(16) struct {
        uint64_t address;
        uint32_t bytes;
        uint16_t flags, next;
    } descriptor[ENTRIES];
    struct {
        uint16_t flags, index, ring[ENTRIES];
    } driver;
    _Alignas(4) struct {
        uint16_t flags;
        volatile uint16_t index;
        struct {
            uint32_t id, bytes;
        } ring[ENTRIES];
    } device;
} queue;

static uintptr_t device; /* 0: none */
static uint32_t queue_number;

static volatile uint32_t *at(unsigned offset) { return (volatile uint32_t *)(device + offset); }
static uint32_t get(unsigned offset) { return *at(offset); }
static void set(unsigned offset, uint32_t value) { *at(offset) = value; }

static void set_address(unsigned offset, const void *address)
{
    set(offset, (uint32_t)(uintptr_t)address);
    set(offset + 4, (uint32_t)((uint64_t)(uintptr_t)address >> 32));
}

static const char *find(void)
{
    for (unsigned i = 0; i < VIRTIO_COUNT; i++) {
        device = VIRTIO_FIRST + i * (uintptr_t)VIRTIO_STRIDE;
        if (get(MAGIC) == MAGIC_VALUE && get(DEVICE) == DEVICE_BALLOON)
            return get(VERSION) == VERSION_VALUE ? NULL
                                                 : "the balloon's registers are legacy ones: "
                                                   "-global virtio-mmio.force-legacy=false";
    }
    return "no balloon: -device virtio-balloon-device,free-page-reporting=on";
}

static const char *agree_on_features(void)
{
    set(STATUS, 0); /* reset */
    set(STATUS, ACKNOWLEDGE | DRIVER);
    set(DEVICE_FEATURES_WORD, 0);
    uint32_t offered = get(DEVICE_FEATURES);
    if ((offered & REPORTING) == 0)
        return "the balloon takes no reports: free-page-reporting=on";
    /* the queues of what is not offered are left out of the count */
    queue_number = (offered & FREE_PAGE_HINT) != 0 ? 4 : 3;
    set(DRIVER_FEATURES_WORD, 0);
    set(DRIVER_FEATURES, REPORTING);
    set(DRIVER_FEATURES_WORD, 1);
    set(DRIVER_FEATURES, VERSION_1);
    set(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
    return (get(STATUS) & FEATURES_OK) != 0 ? NULL : "the balloon refuses the features";
}

static const char *make_queue(void)
{
    set(QUEUE, queue_number);
    if (get(QUEUE_MOST) < ENTRIES || get(QUEUE_READY) != 0)
        return "the balloon has no queue for reports";
    queue.driver.flags = NO_INTERRUPT;
    queue.driver.index = queue.device.index = 0; /* as the device has them after a reset */
    set(QUEUE_ENTRIES, ENTRIES);
    set_address(QUEUE_DESCRIPTORS, queue.descriptor);
    set_address(QUEUE_DRIVER, &queue.driver);
    set_address(QUEUE_DEVICE, &queue.device);
    set(QUEUE_READY, 1);
    set(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    return NULL;
}

static const char *prepare(void)
{
    const char *wrong = agree_on_features();
    if (wrong == NULL)
        wrong = make_queue();
    if (wrong != NULL)
        set(STATUS, FAILED);
    return wrong;
}

const char *balloon_start(void)
{
    const char *wrong = find();
    if (wrong == NULL)
        wrong = prepare();
    if (wrong != NULL)
        device = 0;
    return wrong;
}

/* To be waited for without a bound: until the host answers, the pages are in its hands. */
static void report(uintptr_t first, size_t bytes)
{
    queue.descriptor[0].address = first;
    queue.descriptor[0].bytes = (uint32_t)bytes;
    queue.descriptor[0].flags = DEVICE_WRITES;
    queue.driver.ring[queue.driver.index % ENTRIES] = 0;
    virtio_barrier();
    queue.driver.index++;
    virtio_barrier();
    set(QUEUE_NOTIFY, queue_number);
    while (queue.device.index != queue.driver.index)
        ;
    virtio_barrier();
}

size_t balloon_report(void *start, size_t bytes)
{
    const uintptr_t rest = BALLOON_PAGE - 1;
    uintptr_t first = ((uintptr_t)start + rest) & ~rest;
    uintptr_t behind = ((uintptr_t)start + bytes) & ~rest;
    if (device == 0 || first >= behind)
        return 0;
    report(first, behind - first);
    return behind - first;
}
