# SPDX-License-Identifier: MIT
# STM32VLDISCOVERY: Cortex-M3, 8 KiB of RAM.

PORT_stm32vl   := armv7m
BOARD_stm32vl  := boards/stm32vldiscovery boards/shared/cortex_m boards/shared/one_core
SCRIPT_stm32vl := linker/stm32vldiscovery.ld
LINK_stm32vl   := -mthumb -mcpu=cortex-m3
LIBS_stm32vl   := -lgcc
KIT_stm32vl    := $(KIT_TINY)

$(call board,stm32vl)
