# SPDX-License-Identifier: MIT
# The kit's own test, on the host and in QEMU.

$(call host_program,kit_test,tests/kit/kit_test.c tests/kit/kit_test_timer.c)
$(call boards_bare_program,kit_test,tests/kit/kit_test.c tests/kit/kit_test_timer.c)

.PHONY: test-kit
test-kit: $(foreach n,1 4,$(BUILD)/host-$(n)/kit_test $(BUILD)/a64-$(n)/kit_test.elf $(BUILD)/rv64-$(n)/kit_test.elf) ## test the kit itself, host and QEMU
	@sh tests/kit/kit_test.sh $(BUILD)
