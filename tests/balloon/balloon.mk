# SPDX-License-Identifier: MIT
# Memory that hak has free goes back to the host, by a virtual machine's balloon.

BALLOON_BOARDS := a64 rv64 rv32
BALLOON_DEVICE := -global virtio-mmio.force-legacy=false -device virtio-balloon-device,free-page-reporting=on

$(foreach board,$(BALLOON_BOARDS),$(call board_program,$(board),balloon,tests/balloon/balloon.c,-Iboards/shared/virtio_balloon))

.PHONY: balloon test-balloon
balloon: $(BUILD)/a64-4/balloon.elf ## free memory of a virtual machine goes back to its host
	@sh tests/tools/need.sh a64
	@QEMU_EXTRA='$(BALLOON_DEVICE)' $(QEMU_A64) $< 4 256M no

BUILD_test-balloon = $(call list_files,tests/balloon/runs.txt tests/balloon/without.txt)
test-balloon: ## what is handed over goes to the host, and nothing else
	@sh tests/tools/need.sh a64 rv
	@QEMU_EXTRA='$(BALLOON_DEVICE)' $(RUN_LIST) tests/balloon/runs.txt
	@$(RUN_LIST) tests/balloon/without.txt
	@QEMU_EXTRA='-device virtio-balloon-device' $(RUN_LIST) tests/balloon/without.txt
	@QEMU_EXTRA='-global virtio-mmio.force-legacy=false -device virtio-balloon-device' $(RUN_LIST) tests/balloon/without.txt
