# SPDX-License-Identifier: MIT
# Programs that do wrong, one small one each.

MISUSE_PROGRAMS := double_free double_free_between double_free_emptied free_foreign free_misaligned \
                   free_interior free_uninitialised two_cores bad_size bad_alignment bad_init hook \
                   overflow write_after_free forged_links

$(foreach name,$(MISUSE_PROGRAMS),\
    $(call host_program,misuse/$(name),$(addprefix tests/misuse/,$(name).c misuse.c serves.c))\
    $(call a64_program,misuse/$(name),$(addprefix tests/misuse/,$(name).c misuse.c serves.c)))
