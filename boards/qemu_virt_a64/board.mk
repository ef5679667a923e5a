# SPDX-License-Identifier: MIT
# QEMU's virt machine, AArch64, with three kinds of core: Cortex-A53, Cortex-A72, and
# "max", which has LSE. run_board.sh gives the machine that core.

define a64_board
PORT_$(1)   := $(2)
BOARD_$(1)  := boards/qemu_virt_a64 boards/shared/virtio_balloon
SCRIPT_$(1) := linker/qemu_virt_a64.ld
LINK_$(1)   := -no-pie

endef
$(eval $(call a64_board,a64,aarch64)$(call a64_board,a72,aarch64)$(call a64_board,lse,aarch64_lse))

$(call board,a64)
$(call board,a72)
$(call board,lse)

a64_program = $(call board_program,a64,$(1),$(2),$(3),$(4))
QEMU_A64   := sh tests/kit/run_a64.sh
