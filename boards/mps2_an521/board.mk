# SPDX-License-Identifier: MIT
# MPS2 with AN521: two Cortex-M33 that share all memory.

PORT_an521   := armv8m
BOARD_an521  := boards/mps2_an521 boards/shared/cortex_m boards/shared/systick boards/shared/fpgaio
SCRIPT_an521 := linker/mps2_an521.ld
LINK_an521   := -mthumb -mcpu=cortex-m33+nodsp -mfloat-abi=soft
LIBS_an521   := -lgcc

$(call board,an521)
