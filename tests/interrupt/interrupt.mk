# SPDX-License-Identifier: MIT
# A timer interrupt on every instruction of every public call.

# Scenes, which tests/parked plays as well
INTERRUPT_SCENES  := $(addprefix tests/interrupt/,landing.c judge.c rewind.c book.c setup.c scenes.c \
                       states_malloc.c states_free.c)
INTERRUPT_SOURCES := $(addprefix tests/interrupt/,interrupt.c actions.c) $(INTERRUPT_SCENES)
INTERRUPT_INSIDE   = -Isrc -Isrc/inject/off $$(foreach folder,$$(SITES_$$(call stem_sites,$$*)),-I$$(folder)) -Iport \
                     -Itests/interrupt -DHAK_CORES=$$(call stem_cores,$$*)

$(call boards_program,interrupt,$(INTERRUPT_SOURCES),$(INTERRUPT_INSIDE))

.PHONY: test-interrupt campaign-interrupt
test-interrupt: ## interrupted at every instruction of every call; the handler allocates and frees
	@sh tests/tools/need.sh a64
	@$(RUN_LIST) tests/interrupt/runs.txt

campaign-interrupt: ## every instruction of every call
	@sh tests/tools/need.sh a64
	@KIT_TIMEOUT=3000 $(RUN_LIST) tests/interrupt/campaign.txt
