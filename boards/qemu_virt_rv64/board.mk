# SPDX-License-Identifier: MIT
# Programs for QEMU's RISC-V virt machine, 64 bit: as boards/qemu_virt_a64/board.mk,
# into build/rv64-CORES/.
#
#   $(call rv64_program,NAME,SOURCES[,FLAGS[,LIBRARIES]])

PORT_rv64   := riscv64
BOARD_rv64  := boards/qemu_virt_rv64
SCRIPT_rv64 := linker/qemu_virt_rv64.ld
LINK_rv64   := -march=rv64imac -mabi=lp64 -mcmodel=medany
LIBS_rv64   := -lgcc # for the tests; hak itself needs nothing of it

.PRECIOUS: $(BUILD)/riscv64-%/libhak.a
$(BUILD)/riscv64-%/libhak.a: always
	+@$(call stem_lib,riscv64,$*) >/dev/null

rv64_program = $(eval $(call board_rules,rv64,$(1),$(2),$(3),$(4)))
$(eval $(call board_kit,rv64))

# Programs for every board
boards_program = $(call a64_program,$(1),$(2),$(3),$(4)) $(call rv64_program,$(1),$(2),$(3),$(4))
