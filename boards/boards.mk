# SPDX-License-Identifier: MIT
# Programs for boards, and what all programs have in common.
#
#   $(call board_program,BOARD,NAME,SOURCES[,FLAGS[,LIBRARIES]])
#   $(call boards_program,NAME,SOURCES[,FLAGS[,LIBRARIES]])     for every board
#   $(call a64_program,NAME,SOURCES[,FLAGS[,LIBRARIES]])        for a64
#
# makes NAME.elf in build/BOARD-CORES/ for every number of cores, so that
# build/a64-1/NAME.elf and build/a64-4/NAME.elf can be asked for in one run of
# make; build/a64-4-fail/NAME.elf is linked with the library made by FAIL=1.
# The library is made, and made anew, as needed. FLAGS are for the program's
# own SOURCES. $(call host_program,...) does the same for the host, see
# tests/kit/host_program.mak. bare_program and boards_bare_program are for
# programs without the library, into the same folders.
#
#   sh tests/kit/run_board.sh BOARD ELF CORES MEMORY yes|no [NAME=value ...]
#
# runs one; `yes`: with -icount, which counts instructions and can be repeated.
#
# A board's makefile, boards/*/board.mk, tells of the board NAME (no dash in it):
#   PORT_NAME     a folder of port/
#   BOARD_NAME    the folders with its sources
#   SCRIPT_NAME   the linker's script
#   LINK_NAME     flags for linking; LIBS_NAME: libraries behind all others, for the
#                 programs: hak itself needs none
#   KIT_NAME      flags for the kit, where the board is small
# and then says $(call board,NAME).

# A stem is what stands between "a64-" or "host-" and the next slash: the
# number of cores, and -tiny16 or -tiny256, -fail, -list or -count, -turns4096, -asan or
# -tsan behind it.
stem_cores = $(firstword $(subst -, ,$(1)))
stem_has   = $(filter $(1),$(subst -, ,$(2)))
stem_sites = $(or $(call stem_has,list count,$(1)),off)
stem_tiny  = $(patsubst tiny%,%,$(filter tiny%,$(subst -, ,$(1))))
stem_turns = $(patsubst turns%,%,$(filter turns%,$(subst -, ,$(1))))
stem_lib   = $(MAKE) --no-print-directory -s lib PORT=$(1) CORES=$(call stem_cores,$(2)) \
             FAIL=$(if $(call stem_has,fail,$(2)),1) LEARN=$(if $(call stem_has,learn,$(2)),1) TINY=$(call stem_tiny,$(2)) \
             SITES=$(call stem_sites,$(2)) TURNS=$(call stem_turns,$(2)) SAN=$(call stem_has,asan tsan,$(2))

.PHONY: always
always:

# The library of the top makefile's rule, for any other port and core count.
define port_library
.PRECIOUS: $(BUILD)/$(1)-%/libhak.a
$(BUILD)/$(1)-%/libhak.a: always
	+@$$(call stem_lib,$(1),$$*) >/dev/null

endef
# One with FAIL or LEARN takes most of its objects from the one without, which is made first.
# $(1) port, $(2) which, $(3) and the sanitizer
define chosen_library
.PRECIOUS: $(BUILD)/$(1)-%-$(2)$(3)/libhak.a
$(BUILD)/$(1)-%-$(2)$(3)/libhak.a: $(BUILD)/$(1)-%$(3)/libhak.a
	+@$$(call stem_lib,$(1),$$*-$(2)$(3)) >/dev/null

endef
$(eval $(foreach port,$(PORTS),$(call port_library,$(port))$(foreach which,fail learn,$(call chosen_library,$(port),$(which),))))
$(eval $(foreach san,asan tsan,$(foreach which,fail learn,$(call chosen_library,host,$(which),-$(san)))))

board_sources = $(sort $(foreach folder,$(BOARD_$(1)) boards/shared,$(wildcard $(folder)/*.S $(folder)/*.c))) \
                tests/kit/kit.c tests/kit/format.c tests/kit/kit_board.c
BOARD_FLAGS  := $(COMMON_FLAGS) -ffreestanding -fno-pie -ffunction-sections -fdata-sections
BOARD_LINK   := -nostdlib -static -Wl,--gc-sections,--build-id=none,-z,max-page-size=4096
# For boards with a few KiB: the kit's buffers, in bytes.
KIT_TINY     := -DKIT_LINE_BYTES=64 -DKIT_COMMAND_LINE_BYTES=256

# An object's folder names the stem if its flags do, that is, if they have $$* in them:
# build/a64-4/unit.obj, but build/a64/sites.obj. Programs GROUP/NAME have GROUP.obj in
# common, so they need the same flags.
# $(1) board, or host; $(2) its stem, which has a %; $(3) program, $(4) source, $(5) flags
object = $(BUILD)/$(if $(findstring $$*,$(5)),$(2),$(1))/$(firstword $(subst /, ,$(3))).obj/$(basename $(4)).o

# $(1) object, $(2) source, $(3) command, $(4) flags
define object_rule
$(eval TOLD_$(1) := yes)
$(1): $(2) boards/boards.mk tests/kit/host_program.mak $(DEBUG_WAS)
	@mkdir -p $$(@D)
	@$(3) $(4) -MMD -MP -c $$< -o $$@
.PRECIOUS: $(1)
-include $(wildcard $(subst %,*,$(1:.o=.d)))

endef
object_rule_once = $(if $(TOLD_$(1)),,$(call object_rule,$(1),$(2),$(3),$(4)))

board_compile = $$(CC_$(PORT_$(1))) $$(BOARD_FLAGS) $$(FLAGS_$(PORT_$(1)))
# $(1) board, $(2) program, $(3) source, $(4) flags
board_object      = $(call object,$(1),$(1)-%,$(2),$(3),$(4))
board_object_rule = $(call object_rule_once,$(call board_object,$(1),$(2),$(3),$(4)),$(3),$(board_compile),$(4))

# What the board and the kit add to every program. How many cores there are is known to
# kit_board.c alone.
kit_flags   = $(BOARD_$(1):%=-I%) -Itests/kit $(KIT_$(1)) $(if $(filter %/kit_board.c,$(2)),-DKIT_CORES=$$(call stem_cores,$$*))
kit_objects = $(foreach source,$(board_sources),$(call board_object,$(1),kit,$(source),$(call kit_flags,$(1),$(source))))
define board_kit
$(eval KIT_OBJECTS_$(1) := $(kit_objects))
$(foreach source,$(board_sources),$(call board_object_rule,$(1),kit,$(source),$(call kit_flags,$(1),$(source))))
endef

# $(1) board, $(2) program, $(3) sources, $(4) flags, $(5) libraries, $(6) hak's
define board_rules_of
$(foreach source,$(3),$(call board_object_rule,$(1),$(2),$(source),$(4)))
$(BUILD)/$(1)-%/$(2).elf: $(foreach source,$(3),$(call board_object,$(1),$(2),$(source),$(4))) $(KIT_OBJECTS_$(1)) $(6) $(SCRIPT_$(1))
	@mkdir -p $$(@D)
	@$$(CC_$(PORT_$(1))) $$(BOARD_LINK) $$(LINK_$(1)) -T $(SCRIPT_$(1)) $$(filter %.o,$$^) $(5) $$(filter %.a,$$^) $$(LIBS_$(1)) -o $$@

endef
board_rules = $(call board_rules_of,$(1),$(2),$(3),-Isrc/include -Itests/kit -Iport/$(PORT_$(1)) $(4),$(5),$(6))

# Rules take time to read, and each library is made by a make of its own: there are
# rules for the boards whose programs are goals, for none if the goal is a library or
# what a make of its own is asked for, for all if it is something else. ALL_BUILT=yes, of
# run_tests.py: all that the goal needs is there. It holds for this make alone.
unexport ALL_BUILT
NO_BOARDS    := lib help clean format run test campaign build-groups size size-record size-ports size-flags size-tool
board_goal    = $(firstword $(subst -, ,$(patsubst $(BUILD)/%,%,$(1))))
BOARDS_WANTED := $(sort $(foreach goal,$(if $(ALL_BUILT),,$(MAKECMDGOALS)),$(if $(filter $(BUILD)/%,$(goal)),$(call board_goal,$(goal)),$(if $(filter $(NO_BOARDS),$(goal)),,all))))
board_rules_for = $(if $(filter all $(1),$(BOARDS_WANTED)),$(eval $(call board_rules,$(1),$(2),$(3),$(4),$(5),$(6))))

BOARDS :=
board = $(eval BOARDS += $(1)) $(if $(filter all $(1),$(BOARDS_WANTED)),$(eval $(call board_kit,$(1))))

board_program = $(call board_rules_for,$(1),$(2),$(3),$(4),$(5),$(BUILD)/$(PORT_$(1))-%/libhak.a)
bare_program  = $(call board_rules_for,$(1),$(2),$(3),$(4),$(5))
boards_program      = $(foreach board,$(BOARDS),$(call board_program,$(board),$(1),$(2),$(3),$(4)))
boards_bare_program = $(foreach board,$(BOARDS),$(call bare_program,$(board),$(1),$(2),$(3),$(4)))

# Here, so that it is known to the makefiles of all tests.
include tests/kit/host_program.mak
