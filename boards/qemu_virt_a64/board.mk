# SPDX-License-Identifier: MIT
# Programs for QEMU's virt machine, and what all programs have in common.
#
#   $(call a64_program,NAME,SOURCES[,FLAGS[,LIBRARIES]])
#
# makes NAME.elf in build/a64-CORES/ for every number of cores, so that
# build/a64-1/NAME.elf and build/a64-4/NAME.elf can be asked for in one run of
# make; build/a64-4-fail/NAME.elf is linked with the library made by FAIL=1.
# The library is made, and made anew, as needed. FLAGS are for the program's
# own SOURCES. $(call host_program,...) does the same for the host, see
# tests/kit/host_program.mak.
#
#   $(QEMU_A64) ELF CORES MEMORY yes|no [NAME=value ...]
#
# runs one; `yes`: with -icount, which counts instructions and can be repeated.

A64_BOARD   := boards/qemu_virt_a64
A64_SCRIPT  := linker/qemu_virt_a64.ld
A64_SOURCES := $(sort $(wildcard $(A64_BOARD)/*.S $(A64_BOARD)/*.c)) \
               tests/kit/kit.c tests/kit/format.c tests/kit/kit_a64.c
A64_FLAGS    = $(COMMON_FLAGS) -ffreestanding $(FLAGS_aarch64) -fno-pie -ffunction-sections -fdata-sections
A64_LINK     = -nostdlib -static -no-pie -Wl,--gc-sections,--build-id=none,-z,max-page-size=4096 -T $(A64_SCRIPT)

QEMU_A64 := sh tests/kit/run_a64.sh

# A stem is what stands between "a64-" or "host-" and the next slash: the
# number of cores, and -fail, -list or -count, -asan or -tsan behind it.
stem_cores = $(firstword $(subst -, ,$(1)))
stem_has   = $(filter $(1),$(subst -, ,$(2)))
stem_sites = $(or $(call stem_has,list count,$(1)),off)
stem_lib   = $(MAKE) --no-print-directory -s lib PORT=$(1) CORES=$(call stem_cores,$(2)) \
             FAIL=$(if $(call stem_has,fail,$(2)),1) SITES=$(call stem_sites,$(2)) SAN=$(call stem_has,asan tsan,$(2))

.PHONY: always
always:

# The library of the top makefile's rule, for any other port and core count.
.PRECIOUS: $(BUILD)/aarch64-%/libhak.a $(BUILD)/host-%/libhak.a
$(BUILD)/aarch64-%/libhak.a: always
	+@$(call stem_lib,aarch64,$*) >/dev/null

# $(1) program, $(2) source, $(3) flags
define a64_object
$(BUILD)/a64-%/$(1).obj/$(basename $(2)).o: $(2) $(A64_BOARD)/board.mk
	@mkdir -p $$(@D)
	@$$(CC_aarch64) $$(A64_FLAGS) $(3) -MMD -MP -c $$< -o $$@
.PRECIOUS: $(BUILD)/a64-%/$(1).obj/$(basename $(2)).o
-include $(wildcard $(BUILD)/a64-*/$(1).obj/$(basename $(2)).d)

endef

define a64_rules
$(foreach source,$(2),$(call a64_object,$(1),$(source),-Isrc/include -Itests/kit $(3)))
$(BUILD)/a64-%/$(1).elf: $(foreach source,$(2),$(BUILD)/a64-%/$(1).obj/$(basename $(source)).o) \
                         $(foreach source,$(A64_SOURCES),$(BUILD)/a64-%/kit.obj/$(basename $(source)).o) \
                         $(BUILD)/aarch64-%/libhak.a $(A64_SCRIPT)
	@$$(CC_aarch64) $$(A64_LINK) $$(filter %.o,$$^) $(4) $$(filter %.a,$$^) -o $$@

endef

a64_program = $(eval $(call a64_rules,$(1),$(2),$(3),$(4)))

$(eval $(foreach source,$(A64_SOURCES),$(call a64_object,kit,$(source),-I$(A64_BOARD) -Itests/kit -DKIT_CORES=$$(call stem_cores,$$*))))

# Here, so that it is known to the makefiles of all tests.
include tests/kit/host_program.mak
