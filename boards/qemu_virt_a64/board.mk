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
LINK_a64    := -no-pie

QEMU_A64 := sh tests/kit/run_a64.sh

# A stem is what stands between "a64-" or "host-" and the next slash: the
# number of cores, and -fail, -list or -count, -asan or -tsan behind it.
stem_cores = $(firstword $(subst -, ,$(1)))
stem_has   = $(filter $(1),$(subst -, ,$(2)))
stem_sites = $(or $(call stem_has,list count,$(1)),off)
stem_lib   = $(MAKE) --no-print-directory -s lib PORT=$(1) CORES=$(call stem_cores,$(2)) \
             FAIL=$(if $(call stem_has,fail,$(2)),1) LEARN=$(if $(call stem_has,learn,$(2)),1) \
             SITES=$(call stem_sites,$(2)) SAN=$(call stem_has,asan tsan,$(2))

.PHONY: always
always:

# The library of the top makefile's rule, for any other port and core count.
.PRECIOUS: $(BUILD)/aarch64-%/libhak.a $(BUILD)/host-%/libhak.a
$(BUILD)/aarch64-%/libhak.a: always
	+@$(call stem_lib,aarch64,$*) >/dev/null

# A board's name here, as in build/NAME-CORES, and what its programs need:
#   PORT_, BOARD_ (folder), SCRIPT_ (linker's), LINK_ (flags)
PORT_a64   := aarch64
BOARD_a64  := $(A64_BOARD)
SCRIPT_a64 := $(A64_SCRIPT)

board_sources = $(sort $(wildcard $(BOARD_$(1))/*.S $(BOARD_$(1))/*.c boards/shared/*.c)) \
                tests/kit/kit.c tests/kit/format.c tests/kit/kit_board.c
BOARD_FLAGS  := $(COMMON_FLAGS) -ffreestanding -fno-pie -ffunction-sections -fdata-sections
BOARD_LINK   := -nostdlib -static -Wl,--gc-sections,--build-id=none,-z,max-page-size=4096

# $(1) board, $(2) program, $(3) source, $(4) flags
define board_object
$(BUILD)/$(1)-%/$(2).obj/$(basename $(3)).o: $(3) $(A64_BOARD)/board.mk
	@mkdir -p $$(@D)
	@$$(CC_$(PORT_$(1))) $$(BOARD_FLAGS) $$(FLAGS_$(PORT_$(1))) $(4) -MMD -MP -c $$< -o $$@
.PRECIOUS: $(BUILD)/$(1)-%/$(2).obj/$(basename $(3)).o
-include $(wildcard $(BUILD)/$(1)-*/$(2).obj/$(basename $(3)).d)

endef

# $(1) board, $(2) program, $(3) sources, $(4) flags, $(5) libraries
define board_rules
$(foreach source,$(3),$(call board_object,$(1),$(2),$(source),-Isrc/include -Itests/kit -Iport/$(PORT_$(1)) $(4)))
$(BUILD)/$(1)-%/$(2).elf: $(foreach source,$(3),$(BUILD)/$(1)-%/$(2).obj/$(basename $(source)).o) \
                          $(foreach source,$(board_sources),$(BUILD)/$(1)-%/kit.obj/$(basename $(source)).o) \
                          $(BUILD)/$(PORT_$(1))-%/libhak.a $(SCRIPT_$(1))
	@$$(CC_$(PORT_$(1))) $$(BOARD_LINK) $$(LINK_$(1)) -T $(SCRIPT_$(1)) $$(filter %.o,$$^) $(5) $$(filter %.a,$$^) $$(LIBS_$(1)) -o $$@

endef

# What the board and the kit add to every program
board_kit = $(foreach source,$(board_sources),$(call board_object,$(1),kit,$(source),-I$(BOARD_$(1)) -Itests/kit -DKIT_CORES=$$(call stem_cores,$$*)))

a64_program = $(eval $(call board_rules,a64,$(1),$(2),$(3),$(4)))
$(eval $(call board_kit,a64))

# Here, so that it is known to the makefiles of all tests.
include tests/kit/host_program.mak
