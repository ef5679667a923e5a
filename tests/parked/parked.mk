# SPDX-License-Identifier: MIT
# A core that stops for good, at many points of every call.

PARKED_SOURCES := $(addprefix tests/parked/,parked.c survivors.c) $(INTERRUPT_SCENES) $(INTERRUPT_FULL) tests/interrupt/aarch64/place.c
PARKED_INSIDE   = -Isrc -Isrc/inject/off -Isrc/sites/off -Iport -Itests/interrupt -Itests/parked \
                  -Iboards/qemu_virt_a64 -DHAK_CORES=$$(call stem_cores,$$*) -DHAK_LOCK_TURNS=$$(call stem_turns,$$*)

$(call a64_program,parked,$(PARKED_SOURCES),$(PARKED_INSIDE))

.PHONY: test-parked campaign-parked
BUILD_test-parked = $(call list_files,tests/parked/runs.txt)
test-parked: ## a core stops for good in the middle of a call; the others notice and go on
	@sh tests/tools/need.sh a64
	@$(RUN_LIST) tests/parked/runs.txt

campaign-parked: ## the same at every instruction
	@sh tests/tools/need.sh a64
	@KIT_TIMEOUT=3000 $(RUN_LIST) tests/parked/campaign.txt
