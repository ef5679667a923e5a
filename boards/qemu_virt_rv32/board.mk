# SPDX-License-Identifier: MIT
# QEMU's virt machine, RISC-V, 32 bit; rv32s has one hart, without atomics.

PORT_rv32   := riscv32
BOARD_rv32  := boards/qemu_virt_rv32 boards/shared/riscv_virt boards/shared/virtio_balloon
SCRIPT_rv32 := linker/qemu_virt_riscv.ld
LINK_rv32   := -march=rv32imac -mabi=ilp32
LIBS_rv32   := -lgcc

PORT_rv32s   := riscv32_single
BOARD_rv32s  := $(BOARD_rv32) boards/shared/no_atomics
SCRIPT_rv32s := $(SCRIPT_rv32)
LINK_rv32s   := -march=rv32imc -mabi=ilp32
LIBS_rv32s   := -lgcc

$(call board,rv32)
$(call board,rv32s)
