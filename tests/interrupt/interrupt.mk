# SPDX-License-Identifier: MIT
# A timer interrupt on every instruction of every public call.

# Scenes, which tests/parked plays as well
INTERRUPT_SCENES  := $(addprefix tests/interrupt/,landing.c judge.c rewind.c book.c setup.c calls.c \
                       states_run.c)
INTERRUPT_FULL    := $(addprefix tests/interrupt/full/,inside.c setup_pages.c scenes.c states_malloc.c states_free.c regions.c learn.c)
INTERRUPT_TINY    := $(addprefix tests/interrupt/tiny/,inside.c scenes.c)
INTERRUPT_SOURCES := $(addprefix tests/interrupt/,interrupt.c actions.c) $(INTERRUPT_SCENES)
INTERRUPT_INSIDE   = -Isrc -Isrc/inject/off $$(foreach folder,$$(SITES_$$(call stem_sites,$$*)),-I$$(folder)) -Iport \
                     -Itests/interrupt -DHAK_CORES=$$(call stem_cores,$$*)

# The boards, by kind of core
INTERRUPT_aarch64  := a64 a72 lse
INTERRUPT_cortex_m := an385 an386
INTERRUPT_TINY_INSIDE = $$(call tiny_flags,$$(call stem_tiny,$$*)) -Isrc -Isrc/tiny -Iport -Itests/interrupt -DHAK_CORES=1
# $(1) board, $(2) kind of core
interrupt_programs = $(call board_program,$(1),interrupt,$(INTERRUPT_SOURCES) $(INTERRUPT_FULL) tests/interrupt/$(2)/place.c,$(INTERRUPT_INSIDE) $(BOARD_$(1):%=-I%)) \
                     $(call board_program,$(1),interrupt_tiny,$(INTERRUPT_SOURCES) $(INTERRUPT_TINY) tests/interrupt/$(2)/place.c,$(INTERRUPT_TINY_INSIDE) $(BOARD_$(1):%=-I%))
interrupt_rmw      = $(call bare_program,$(1),interrupt_rmw,$(addprefix tests/interrupt/,rmw.c landing.c $(2)/place.c),-Isrc -Iport -Itests/interrupt $(BOARD_$(1):%=-I%))
$(foreach kind,aarch64 cortex_m,$(foreach board,$(INTERRUPT_$(kind)),$(call interrupt_rmw,$(board),$(kind))))
$(foreach kind,aarch64 cortex_m,$(foreach board,$(INTERRUPT_$(kind)),$(call interrupt_programs,$(board),$(kind))))

.PHONY: test-interrupt campaign-interrupt
BUILD_test-interrupt = $(call list_files,tests/interrupt/runs.txt)
test-interrupt: ## interrupted at every instruction of every call; the handler allocates and frees
	@sh tests/tools/need.sh a64 m
	@$(RUN_LIST) tests/interrupt/runs.txt

campaign-interrupt: ## every instruction of every call
	@sh tests/tools/need.sh a64 m
	@KIT_TIMEOUT=3000 $(RUN_LIST) tests/interrupt/campaign.txt
