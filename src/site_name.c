/* SPDX-License-Identifier: MIT */
/* From a call site to the name that HAK_SITE gave it. */
#include "base.h"

/* Made by the linker where there is such a section. */
extern const hak_site hak_sites_start[] __asm__("__start_hak_sites")
    __attribute__((weak, visibility("hidden")));
extern const hak_site hak_sites_stop[] __asm__("__stop_hak_sites")
    __attribute__((weak, visibility("hidden")));

const char *hak_site_name(const void *call_site)
{
    uintptr_t offset = (uintptr_t)call_site - (uintptr_t)hak_sites_start;
    uintptr_t bytes = (uintptr_t)hak_sites_stop - (uintptr_t)hak_sites_start;
    if (offset >= bytes || offset % sizeof(hak_site) != 0)
        return NULL;
    return ((const hak_site *)call_site)->name;
}
