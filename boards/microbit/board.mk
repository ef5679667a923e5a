# SPDX-License-Identifier: MIT
# BBC micro:bit: Cortex-M0, 16 KiB of RAM.

PORT_microbit   := armv6m
BOARD_microbit  := boards/microbit boards/shared/cortex_m boards/shared/one_core boards/shared/systick boards/shared/no_atomics
SCRIPT_microbit := linker/microbit.ld
LINK_microbit   := -mthumb -mcpu=cortex-m0
LIBS_microbit   := -lgcc
KIT_microbit    := $(KIT_TINY)

$(call board,microbit)
