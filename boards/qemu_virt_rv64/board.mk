# SPDX-License-Identifier: MIT
# QEMU's virt machine, RISC-V, 64 bit.

PORT_rv64   := riscv64
BOARD_rv64  := boards/qemu_virt_rv64 boards/shared/riscv_virt boards/shared/virtio_balloon
SCRIPT_rv64 := linker/qemu_virt_riscv.ld
LINK_rv64   := -march=rv64imac -mabi=lp64 -mcmodel=medany
LIBS_rv64   := -lgcc

$(call board,rv64)
