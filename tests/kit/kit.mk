# SPDX-License-Identifier: MIT
# The kit's own test, on the host and in QEMU.

KIT_TEST := tests/kit/kit_test.c tests/kit/kit_test_timer.c

$(call host_program,kit_test,$(KIT_TEST))
$(call boards_bare_program,kit_test,$(KIT_TEST))

KIT_VARIANTS := $(foreach board,a64 a72 lse rv64 rv32,$(board)-1 $(board)-4) \
                rv32s-1 microbit-1 stm32vl-1 an385-1 an386-1 an521-1 an521-2

.PHONY: test-kit
BUILD_test-kit = $(foreach n,1 4,$(BUILD)/host-$(n)/kit_test) $(KIT_VARIANTS:%=$(BUILD)/%/kit_test.elf)
test-kit: $(BUILD_test-kit) ## test the kit itself, host and boards
	@sh tests/kit/kit_test.sh $(BUILD)
