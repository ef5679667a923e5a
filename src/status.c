/* SPDX-License-Identifier: MIT */
/* Statuses and faults in words; the fault hook that does nothing. */
#include "base.h"

const char *hak_status_text(hak_status status)
{
    switch (status) {
    case HAK_OK:
        return "ok";
    case HAK_ERR_NULL:
        return "the start address is NULL: pass the address of the range, "
               "such as a symbol of the linker script";
    case HAK_ERR_ZERO:
        return "the size is zero: pass the range's size in bytes";
    case HAK_ERR_TOO_SMALL:
        return "the range is too small: at least 64 granules are needed, "
               "which is 1024 bytes on 64-bit targets and 512 on 32-bit; beside a large "
               "first heap, up to 4096";
    case HAK_ERR_TOO_BIG:
        return "the range is too big for one region: hand over at most 64 GiB "
               "(2 GiB on 32-bit targets) at a time, to a tiny build what it was made for";
    case HAK_ERR_WRAP:
        return "start + size passes the end of the address space: check both";
    case HAK_ERR_OVERLAP:
        return "the range overlaps a region that the heap has already";
    case HAK_ERR_TWICE:
        return "hak_init was called before: hand over more memory with hak_add_region";
    case HAK_ERR_NOT_INIT:
        return "a call about a further region before hak_init: call hak_init first";
    case HAK_ERR_REGIONS:
        return "the heap has HAK_REGIONS regions already: build with more, or hand "
               "over fewer and larger ranges";
    case HAK_ERR_POLICY:
        return "the policy table is damaged, or of another version or target: export it "
               "anew with this build";
    case HAK_ERR_LATE:
        return "hak_policy_load after hak_init: load the policy first";
    case HAK_ERR_NO_REGION:
        return "no region of the heap begins there: pass the start that the region was "
               "added with; or no region has the number";
    case HAK_ERR_NO_TAGS:
        return "the region has no tags: only one that was added with tags can be retired "
               "or removed, for pools and caches keep memory of the others";
    case HAK_ERR_LIVE:
        return "blocks of the region are live: retire it, have them freed, and try again";
    case HAK_ERR_STOPPED:
        return "a core has stopped for good while it had the run layer's lock: only what needs "
               "no lock works until the next start";
    }
    return "unknown status";
}

const char *hak_fault_text(hak_fault fault)
{
    switch (fault) {
    case HAK_FAULT_NONE:
        return "no fault";
    case HAK_FAULT_NOT_INIT:
        return "a pointer was passed before hak_init";
    case HAK_FAULT_FOREIGN:
        return "foreign pointer: it lies in no region of the heap";
    case HAK_FAULT_MISALIGNED:
        return "misaligned pointer: no block begins there";
    case HAK_FAULT_DOUBLE_FREE:
        return "double free: the pointer lies in memory that is free already";
    case HAK_FAULT_INTERIOR:
        return "interior pointer: it lies inside a live block";
    case HAK_FAULT_NOT_A_BLOCK:
        return "no block begins at the pointer";
    case HAK_FAULT_SIZE:
        return "impossible size: over PTRDIFF_MAX, or count * size overflows";
    case HAK_FAULT_ALIGNMENT:
        return "the alignment is no power of two";
    case HAK_FAULT_CORRUPT:
        return "free memory was overwritten: the extents behind the bad link are given up";
    case HAK_FAULT_STOPPED:
        return "a core has stopped for good while it had the run layer's lock: only what needs "
               "no lock works until the next start";
    }
    return "unknown fault";
}

__attribute__((weak)) void hak_port_fault(hak_fault kind, const void *pointer,
                                          const void *call_site)
{
    (void)kind;
    (void)pointer;
    (void)call_site;
}
