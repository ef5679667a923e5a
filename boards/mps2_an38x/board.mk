# SPDX-License-Identifier: MIT
# MPS2 with AN385 (Cortex-M3) and AN386 (Cortex-M4).

PORT_an385   := armv7m
BOARD_an385  := boards/mps2_an38x boards/shared/cortex_m boards/shared/one_core boards/shared/systick boards/shared/fpgaio
SCRIPT_an385 := linker/mps2_an38x.ld
LINK_an385   := -mthumb -mcpu=cortex-m3
LIBS_an385   := -lgcc

PORT_an386   := armv7em
BOARD_an386  := $(BOARD_an385)
SCRIPT_an386 := $(SCRIPT_an385)
LINK_an386   := -mthumb -mcpu=cortex-m4 -mfloat-abi=soft
LIBS_an386   := -lgcc

$(call board,an385)
$(call board,an386)
