# SPDX-License-Identifier: MIT
# hak: `make help` lists the targets. What each part of the tree builds is in
# its own *.mk file; this one builds the library.

PORT  ?= host
CORES ?= 4
# FAIL=1 builds hak_fail_nth() in; LEARN=1 samples lifetimes and sizes on slow paths;
# SAN=asan or tsan builds for a sanitizer (host).
FAIL  ?=
LEARN ?=
SAN   ?=
# SITES: what is known of call sites: off, list or count (docs/sites.md).
SITES ?= off
# TINY=16: the tiny build for heaps of up to 16 KiB on 32-bit targets (32 KiB on 64-bit),
# for size; TINY=256: up to 256 (512) KiB, for speed. One core, CORES is 1 (docs/design.md).
TINY  ?=
# TURNS=4096: HAK_LOCK_TURNS of src/config.h, how long a core waits for one that stopped.
TURNS ?=

BUILD   := build
STEM    := $(BUILD)/$(PORT)-$(CORES)$(if $(TINY),-tiny$(TINY))
CHOSEN  := $(if $(filter 1,$(FAIL)),-fail)$(if $(filter 1,$(LEARN)),-learn)
KIND    := $(if $(filter-out off,$(SITES)),-$(SITES))$(if $(TURNS),-turns$(TURNS))$(if $(SAN),-$(SAN))
LIB_DIR  = $(STEM)$(CHOSEN)$(KIND)
LIB      = $(LIB_DIR)/libhak.a

# The compilers. -fno-tree-loop-distribute-patterns and -fno-builtin: no call
# to memcpy or memset appears that the source does not spell out.
PREFIX_aarch64        := aarch64-linux-gnu-
PREFIX_aarch64_lse    := aarch64-linux-gnu-
PREFIX_armv6m         := arm-none-eabi-
PREFIX_armv7m         := arm-none-eabi-
PREFIX_armv7em        := arm-none-eabi-
PREFIX_armv8m         := arm-none-eabi-
PREFIX_riscv32        := riscv64-unknown-elf-
PREFIX_riscv32_single := riscv64-unknown-elf-
PREFIX_riscv64        := riscv64-unknown-elf-

PORTS := host $(patsubst PREFIX_%,%,$(filter PREFIX_%,$(.VARIABLES)))
define tools
CC_$(1) ?= $(PREFIX_$(1))gcc
AR_$(1) ?= $(PREFIX_$(1))ar

endef
$(eval $(foreach port,$(PORTS),$(call tools,$(port))))

# DEBUG= (nothing): without debug information, which takes a quarter of the compiler's time
DEBUG ?= -g
# Objects depend on it: it is written anew when DEBUG is another.
DEBUG_WAS := $(BUILD)/debug
ifneq ($(file <$(DEBUG_WAS)),DEBUG=$(DEBUG))
    $(shell mkdir -p $(BUILD))
    $(file >$(DEBUG_WAS),DEBUG=$(DEBUG))
endif

COMMON_FLAGS := -std=c11 -O2 $(DEBUG) -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
LIB_FLAGS    := $(COMMON_FLAGS) -ffreestanding -fno-builtin -fno-tree-loop-distribute-patterns \
                -ffunction-sections -fdata-sections -fvisibility=hidden -fstack-usage
BARE_FLAGS           := -nostdlib -fno-pic -fno-stack-protector
A64_FLAGS            := $(BARE_FLAGS) -mgeneral-regs-only -mno-outline-atomics
FLAGS_host           := -fPIC -fno-stack-protector
FLAGS_aarch64        := $(A64_FLAGS) -mcpu=cortex-a53
FLAGS_aarch64_lse    := $(A64_FLAGS) -march=armv8.1-a -mtune=cortex-a53
FLAGS_armv6m         := $(BARE_FLAGS) -mthumb -mcpu=cortex-m0 -fno-jump-tables
FLAGS_armv7m         := $(BARE_FLAGS) -mthumb -mcpu=cortex-m3
FLAGS_armv7em        := $(BARE_FLAGS) -mthumb -mcpu=cortex-m4 -mfloat-abi=soft
FLAGS_armv8m         := $(BARE_FLAGS) -mthumb -mcpu=cortex-m33+nodsp -mfloat-abi=soft
FLAGS_riscv32        := $(BARE_FLAGS) -march=rv32imac_zicsr -mabi=ilp32
FLAGS_riscv32_single := $(BARE_FLAGS) -march=rv32imc_zicsr -mabi=ilp32
FLAGS_riscv64        := $(BARE_FLAGS) -march=rv64imac_zicsr -mabi=lp64 -mcmodel=medany

# What ports share (port/shared); what is a port's own is in its folder.
SHARED_armv6m         := divide_64
SHARED_armv7m         := divide_64
SHARED_armv7em        := divide_64
SHARED_armv8m         := divide_64
SHARED_riscv32        := divide_64 place_32 riscv_yield
SHARED_riscv32_single := divide_64 place_32 riscv_yield
SHARED_riscv64        := riscv_yield
port_sources = $(wildcard port/$(1)/*.c) $(SHARED_$(1):%=port/shared/%.c)

# What TINY chooses: a folder of src/tiny, and its flags
TINY_KIND_16   := size
TINY_KIND_256  := speed
TINY_FLAGS_16  := -Os
TINY_FLAGS_256 := -O2 -DHAK_TINY_GRANULES=32768
TINY_FOLDERS    = src/tiny src/tiny/$(TINY_KIND_$(TINY))
tiny_flags      = $(filter -D%,$(TINY_FLAGS_$(1))) -Isrc/tiny/$(TINY_KIND_$(1))
TINY_SHARED    := src/bytes.c src/site_name.c src/status.c
# Of the port, for size, what is smaller than the port's own
TINY_PORT_16_armv6m := port/shared/clz_steps.c
tiny_port_sources = $(or $(TINY_PORT_$(TINY)_$(PORT)),$(call port_sources,$(PORT)))

FLAGS_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_tsan := -O1 -fsanitize=thread

# The folders that make up each kind of SITES
SITES_off   := src/sites/off
SITES_list  := src/sites/list src/sites/tagged
SITES_count := src/sites/count src/sites/tagged

FULL_SRC = $(sort $(wildcard src/*.c)) $(call port_sources,$(PORT)) \
           $(sort $(wildcard $(SITES_$(SITES):%=%/*.c))) \
           $(if $(filter 1,$(FAIL)),src/inject/on/inject.c) \
           $(if $(filter 1,$(LEARN)),$(sort $(wildcard src/sample/on/*.c)))
# All that see the headers which FAIL and LEARN choose. The others are compiled without
# these folders, once for the library with and the one without.
CHOOSING := src/refill.c src/route.c src/run.c src/tagged.c src/tick.c $(wildcard src/inject/on/*.c src/sample/on/*.c)
CHOSEN_INC = -Isrc/inject/$(if $(filter 1,$(FAIL)),on,off) -Isrc/sample/$(if $(filter 1,$(LEARN)),on,off)

# In order of their names: for size, a step is taken from the first object that has it.
TINY_FILES = $(wildcard $(TINY_FOLDERS:%=%/*.c))
TINY_SRC = $(foreach name,$(sort $(notdir $(TINY_FILES))),$(filter %/$(name),$(TINY_FILES))) $(TINY_SHARED) $(tiny_port_sources)
LIB_SRC  = $(if $(TINY),$(TINY_SRC),$(FULL_SRC))
lib_object = $(if $(filter $(CHOOSING),$(1)),$(LIB_DIR),$(STEM)$(KIND))/$(1:.c=.o)
LIB_OBJ    = $(foreach source,$(LIB_SRC),$(call lib_object,$(source)))
CHOSEN_OBJ = $(filter $(CHOOSING:%.c=$(LIB_DIR)/%.o),$(LIB_OBJ))
LIB_INC    = $(if $(TINY),$(TINY_FOLDERS:%=-I%)) -Isrc -Isrc/include $(SITES_$(SITES):%=-I%) -Iport -Iport/$(PORT)

.PHONY: help lib run test bench format clean
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | \
	  awk -F'\t' '{printf "make %-18s %s\n", $$1, $$2}'

lib: $(LIB) ## build the library: PORT=host|aarch64|... (a folder of port/) CORES=1..64 SITES=off|list|count, into build/<port>-<n>/libhak.a
	@echo $(LIB)

$(LIB): $(LIB_OBJ)
	@rm -f $@
	@$(AR_$(PORT)) rcs $@ $^

define compile
@mkdir -p $(@D)
@$(CC_$(PORT)) $(LIB_FLAGS) $(FLAGS_$(PORT)) $(FLAGS_$(SAN)) $(TINY_FLAGS_$(TINY)) -DHAK_CORES=$(CORES) $(if $(TURNS),-DHAK_LOCK_TURNS=$(TURNS)) $(LIB_INC) $(1) -MMD -MP -c $< -o $@
endef
$(CHOSEN_OBJ): $(LIB_DIR)/%.o: %.c Makefile $(DEBUG_WAS)
	$(call compile,$(CHOSEN_INC))

$(filter-out $(CHOSEN_OBJ),$(LIB_OBJ)): $(STEM)$(KIND)/%.o: %.c Makefile $(DEBUG_WAS)
	$(compile)

-include $(LIB_OBJ:.o=.d)

include boards/boards.mk $(sort $(wildcard boards/*/*.mk tests/*.mk tests/*/*.mk))

format: ## format the C sources
	clang-format -i $$(git ls-files '*.c' '*.h')

clean: ## remove all that was built
	rm -rf $(BUILD)
